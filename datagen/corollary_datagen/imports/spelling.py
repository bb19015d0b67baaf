"""Prose made ready for reading its equations: LaTeX, Markdown and words for signs, as plain signs.

Guarantees a text of the same length, so that a place in it is a place in what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Found = re.Match[str]

_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{\s*([$\d.,\\ ]+[^{}+*/-]*)\}")


def _padded(sign: str) -> Callable[[Found], str]:
    return lambda found: sign.ljust(len(found[0]))


def _inside(found: Found) -> str:
    """What stands in the braces of a command, without the command."""
    return found[1].rjust(len(found[0]) - 1) + " "


def _fraction(found: Found) -> str:
    """`\\frac{a}{b}` -> `((a)/b)`, with blanks before it."""
    return f"(({found[1]})/{found[2]})".rjust(len(found[0]))


_RULES: tuple[tuple[re.Pattern[str], Callable[[Found], str]], ...] = (
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{([^{}]*)\}"), _inside),
    (_FRACTION, _fraction),
    (re.compile(r"\\(?:times|cdot|ast)(?![a-z])"), _padded(" *")),
    (re.compile(r"\\div(?![a-z])"), _padded(" /")),
    (re.compile(r"\\(?:thick)?approx(?![a-z])"), _padded(" =")),
    (re.compile(r"\\(?:left|right|quad)(?![a-z])"), _padded("")),
    (re.compile(r"\\[()\[\]]"), _padded("\n")),
    (re.compile(r"\\[%$,;! ]"), lambda found: f" {found[0][1]}" if found[0][1] == "%" else "  "),
    (re.compile(r"(?<![\d\s])\*\*|\*\*(?!\s?\d)|(?<!\S)\*\*(?=\d)"), _padded("")),
    (re.compile(r"(?<=\d) +percent(?![a-z])"), _padded("%")),
    (re.compile(r"\bmultiplied by\b|(?<=\d )times(?= [$(]?\d)"), _padded("*")),
    (re.compile(r"\bdivided by\b"), _padded("/")),
    (re.compile(r"\bplus\b"), _padded("+")),
    (re.compile(r"\bminus\b"), _padded("-")),
    (re.compile(r"[-−–][$€£](?=[\d.])"), lambda found: " -"),
    (re.compile(r"[$€£~`]"), _padded(" ")),
)


def spelled_plainly(text: str) -> str:
    """Return `text` with everything that stands for a sign replaced by it, at the same places."""
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    return text
