"""Reading assignments: who or what has which value, in words or as `name = value`.

Guarantees that each name has one value: where the text gives two, nothing is read. Values are
words in lower case (knight, knave, true, false) or numbers.
"""

from __future__ import annotations

import re

_ROLE = r"(?:knights?|knaves?|true|false|truth-tellers?|liars?|\d+)"
_NAME = r"(?<![\w'’-])[A-Za-z][\w'’-]{0,40}"
_EQUATION = re.compile(
    rf"({_NAME}(?: [\w-]+)?)\s*(?:=|:|->|→)\s*(?:an?\s+)?({_ROLE}|{_NAME})\b", re.I
)
_SENTENCE = re.compile(
    rf"((?:{_NAME}(?:,\s*(?:and\s+)?|\s+and\s+)){{0,12}}{_NAME})\s+(?:is|are|must be)\s+"
    rf"(?:(?:both|all)\s+)?(?:an?\s+|the\s+)?({_ROLE})\b",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(r",\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_NOT_NAMES = frozenset(
    ("and", "so", "then", "that", "if", "both", "all", "he", "she", "it", "unique")
)
_OPEN = re.compile(r"\s*(?:several\b|none\b|not\b)", re.IGNORECASE)


def read_roles(text: str) -> dict[str, str] | None:
    """Every name with its value, in the order of the text. None where it is not one assignment."""
    if _OPEN.match(text):
        return None
    text = re.sub(r"[*`$]", "", text).strip()
    for part in (text, text.rsplit("\n\n", maxsplit=1)[-1], text.rsplit("\n", maxsplit=1)[-1]):
        roles = _roles(part)
        if roles:
            return roles
    return None


def _roles(text: str) -> dict[str, str] | None:
    roles: dict[str, str] = {}
    for name, value in _pairs(re.sub(r"^\s*unique\s*:", "", text)):
        if roles.setdefault(name, value) != value:
            return None
    return roles


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = [(match.start(), match[1], match[2]) for match in _EQUATION.finditer(text)]
    for match in _SENTENCE.finditer(text):
        names = [name.strip() for name in _CONNECTIVE.split(match[1])]
        pairs += [(match.start(), name, match[2]) for name in names]
    return [
        (name, _singular(value))
        for _, name, value in sorted(pairs, key=lambda row: row[0])
        if name.lower() not in _NOT_NAMES
    ]


def _singular(word: str) -> str:
    word = word.lower()
    return word[:-1] if word in ("knights", "knaves", "liars", "truth-tellers") else word
