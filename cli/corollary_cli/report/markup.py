"""Markup: HTML and SVG built from parts, with everything foreign escaped.

Guarantees that a plain text never becomes markup: only `element`, `join` and `embed` make Html, and
they escape every child and attribute that is not Html already. Control characters and direction
overrides are dropped. Does not lay anything out.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable

from corollary_cli.plain import printable

VOID = frozenset({"br", "col", "hr", "input", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | int | None


def element(tag: str, *children: Child, **attributes: str | float | bool | None) -> Html:
    """Return one element. class_ is class, a_b is a-b; True is bare, None and False are absent."""
    inside = join(children)
    shown = "".join(_attribute(name, value) for name, value in attributes.items())
    return Html(f"<{tag}{shown}>" if tag in VOID else f"<{tag}{shown}>{inside}</{tag}>")


def join(children: Iterable[Child], between: str = "") -> Html:
    """Return the children as one piece of markup; None is nothing."""
    return Html(between.join(_escaped(child) for child in children if child is not None))


def embed(value: object) -> Html:
    """Return JSON that may stand inside a script element, whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Html(text)


def _escaped(child: str | int) -> str:
    if isinstance(child, Html):
        return str(child)
    return html.escape(printable(str(child)), quote=True)


def _attribute(name: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    known = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {known}"
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f' {known}="{_escaped(shown)}"'
