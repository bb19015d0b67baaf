"""The beginning of a JSON text: whether it ends inside a string, and what is still open.

Guarantees an answer for any text, JSON or not. Does not parse values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How a text ends. escaped: behind a backslash in a string. open: brackets, outermost first."""

    inside: bool
    escaped: bool
    open: tuple[str, ...]


NOTHING = Unfinished(False, False, ())
"""How the empty text ends."""


def read_unfinished(text: str, before: Unfinished = NOTHING) -> Unfinished:
    """Read a text from its first character; before: how what stands before it ends."""
    inside, escaped, open_ones = before.inside, before.escaped, list(before.open)
    for sign in text:
        if inside:
            inside = sign != '"' or escaped
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            inside, escaped = True, False
        elif sign in "{[":
            open_ones.append(sign)
        elif sign in "}]" and open_ones:
            open_ones.pop()
    return Unfinished(inside, escaped, tuple(open_ones))
