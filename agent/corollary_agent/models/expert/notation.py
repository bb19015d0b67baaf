"""Mathematics in running text: equations and sums found, and written as the tools read them.

Guarantees the tools' notation: `*` written out, one blank around `+`, `-` and `=`. Finds what is
written with digits, single letters and signs; numbers in words stay unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTER = r"(?<![A-Za-z'])[A-Za-z](?![A-Za-z'])"
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?%?"
_INNER = r"\((?:[^()=]|\((?:[^()=]|\([^()=]*\))*\))*\)"
_TERM = rf"(?:{_NUMBER}|{_LETTER}|(?<=[\d)]){_LETTER}|{_INNER}|sqrt{_INNER})"
_SIGN = r"(?:\*\*|[-+*/^−–·×÷])"
_SUM = rf"[-−]?\s?{_TERM}+(?:\s*{_SIGN}\s*[-−]?{_TERM}+)*"
_EQUATION = re.compile(rf"{_SUM}\s*=\s*{_SUM}")
_ONE_SUM = re.compile(_SUM)
_PERCENT = re.compile(rf"({_NUMBER})\s*(?:%|percent) of ({_NUMBER})")
_WORDS = (
    ("multiplied by", "*"),
    ("divided by", "/"),
    ("times", "*"),
    ("plus", "+"),
    ("minus", "-"),
    ("to the power of", "^"),
    ("squared", "^2"),
    ("cubed", "^3"),
)
_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/"})


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of mathematics: as it is `shown` in the text, and as the tools read it (`text`)."""

    shown: str
    text: str


def find_equations(text: str) -> list[Found]:
    """The equations in a text, in order."""
    return [Found(m[0], to_notation(m[0])) for m in _EQUATION.finditer(text)]


def find_sum(text: str) -> Found | None:
    """The one thing to calculate in a text; None where there is none or more than one."""
    percent = _PERCENT.search(text)
    if percent:
        return Found(percent[0], f"{percent[1].rstrip('%')}% of {percent[2]}")
    found = [m[0] for m in _ONE_SUM.finditer(text) if re.search(rf"\d.*{_SIGN}", m[0])]
    if len(found) != 1 or re.search(r"[A-Za-z]", found[0].replace("sqrt", "")):
        return None
    return Found(found[0], to_notation(found[0]))


def is_expression(text: str) -> bool:
    """Whether a whole text is one expression."""
    return bool(_ONE_SUM.fullmatch(text.strip()))


def to_signs(text: str) -> str:
    """`3 times 4` -> `3*4`: operations in words become signs."""
    for words, sign in _WORDS:
        text = re.sub(rf"(?<=[\w)])\s+{words}\b\s*", sign, text)
    return text


def to_notation(shown: str) -> str:
    """`3x+5=20` -> `3*x + 5 = 20`."""
    text = re.sub(r"\s+", "", shown.translate(_SIGNS)).replace("**", "^")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(?<=[\d)])(?=[A-Za-z(])", "*", text)
    text = re.sub(r"(?<![A-Za-z])([A-Za-z])(?=[A-Za-z](?![A-Za-z])|\()", r"\1*", text)
    return re.sub(r"(?<=[\w)%])([-+=])", r" \1 ", text)


def unknowns_in(equations: list[str]) -> list[str]:
    """The unknowns of equations, in order of appearance."""
    return list(dict.fromkeys(re.findall(r"(?<![A-Za-z])[A-Za-z]\w*", " ".join(equations))))
