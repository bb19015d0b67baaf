"""What an answer's text shows: a value, a tuple, an interval, a set, a matrix, a condition, words.

Guarantees a form for any text, by its brackets, signs and words alone; each leaf keeps its text.
Whether `(1, 2)` is a point or an interval is left open: the brackets are kept. Does not compute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corollary_tools.answers.text import number_in_words, plain_text


@dataclass(frozen=True, slots=True)
class Value:
    """A number or an expression. unit: the words behind it; whole: all of it as one text."""

    text: str
    unit: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is not mathematics, such as a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Based:
    """A number in a base: the digits and the base as written, 1010_2."""

    digits: str
    base: int


@dataclass(frozen=True, slots=True)
class Logic:
    """A formula with logical signs."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Several answers. brackets: the two that stand around them, empty where there are none.

    `⦃⦄` is a set, without order; without brackets the order does not count either.
    """

    brackets: str
    items: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """`name = value`, or `f(x) = value` with the name `f`; whole: the equation as one text."""

    name: str
    value: Form
    whole: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Relations: one of the rows holds, and in it all of its parts; `x < 1 or 2 < x` has two.

    An equation that is no `name = value` is one too.
    """

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Intervals and sets joined by ∪; with `without`, the second taken from the first."""

    parts: tuple[Form, ...]
    without: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Form, ...], ...]


Form = Value | Words | Based | Logic | Listed | Named | Condition | Union | Matrix

REALS = Listed("()", (Value("-oo"), Value("oo")))
EMPTY = Listed("⦃⦄", ())
_OPENS, _SHUTS = "([{⦃⟨", ")]}⦄⟩"
_MATRIX = re.compile(r"\\begin\{([pbvBV]?matrix|array)\}(?:\{[lcr|]*\})?(.*)\\end\{\1\}", re.S)
_BASED = re.compile(r"(-?[0-9A-Z]+)\s*_\s*\{?\s*(\d{1,2})\s*\}?")
_MEMBER = re.compile(r"[A-Za-z]\w*\s*∈\s*")
_LOGIC = re.compile(r"->|→|↔|<->|[∧∨¬∀∃&~]|\b(?:forall|exists|implies|xor)\b|\|\||(?<!\|)\|(?= )")
_ORDER = re.compile(r"[<>≤≥≠]|!=")
_NAMED = re.compile(r"([A-Za-z](?:_?\{?\w*\}?)'?|[a-z]\w*|\\[a-z]+)(?:\s*\(\s*[a-z]\s*\))?\s*=\s*")
_NOTHING = re.compile(
    r"∅|⦃\s*⦄|\{\s*\}|no (?:real |such )?(?:solutions?|values?|numbers?)|none", re.I
)
_ALL = re.compile(r"ℝ|all (?:real )?numbers|all reals?|every (?:real(?: number)?|[a-z])", re.I)
_UNIT = re.compile(
    r"(.*[\d)}.]|.*\bpi|.*[½⅓¼¾])\s*(?:‹([^‹›]+)›(\s*\^?\s*[23²³])?|(%)|(¢)"
    r"|\s([A-Za-z]{1,20}(?:[ /][A-Za-z]{1,20}){0,4}\s*(?:\^?\s*[23²³])?))"
)
_FUNCTIONS = re.compile(r"\b(?:sin|cos|tan|log|ln|sqrt|pi|mod|choose|or|of|e|i|x)\b|\\")


def read_form(text: str) -> Form:
    """The form of an answer's text."""
    return _form(plain_text(text))


def _form(text: str) -> Form:
    text = text.strip()
    for read in (_nothing_or_all, _based, _matrix, _joined, _logic, _relations, _several, _grouped):
        found = read(text)
        if found is not None:
            return found
    return _signed(text) or _named(text) or _value(text)


def _nothing_or_all(text: str) -> Form | None:
    bare = text.replace("‹", "").replace("›", "").strip()
    if _NOTHING.fullmatch(bare):
        return EMPTY
    return REALS if _ALL.fullmatch(_MEMBER.sub("", bare)) else None


def _based(text: str) -> Form | None:
    match = _BASED.fullmatch(text)
    fits = match is not None and 2 <= int(match[2]) <= 36 and re.search(r"\d", match[1])
    return Based(match[1], int(match[2])) if match and fits else None


def _matrix(text: str) -> Form | None:
    match = _MATRIX.fullmatch(text)
    if match is None:
        return None
    lines = [line for line in re.split(r"\\\\", match[2]) if line.replace("\\hline", "").strip()]
    return Matrix(tuple(tuple(_form(cell) for cell in line.split("&")) for line in lines))


def _joined(text: str) -> Form | None:
    inner = _MEMBER.sub("", text, count=1) if _MEMBER.match(text) else text
    for sign in "∖∪":
        parts = split_top(inner, re.compile(sign))
        if len(parts) > 1:
            return Union(tuple(_form(part) for part in parts), without=sign == "∖")
    return _form(inner) if inner != text else None


def _logic(text: str) -> Form | None:
    return Logic(text) if _LOGIC.search(text) and not text.startswith("|") else None


_OR = re.compile(r"\s+or\s+|\s*‹or›\s*|\s*∨\s*")
_AND = re.compile(r",\s*(?:and\s+|‹and›\s*)?(?!\d{3}(?!\d))|;|\s+and\s+|\s*‹and›\s*")
_COMMA = re.compile(
    r",(?!\d{3}(?!\d))\s*(?:and\s+|or\s+|‹(?:and|or)›\s*)?|;|\s+(?:and|or)\s+|‹(?:and|or)›"
)


def _relations(text: str) -> Form | None:
    if not _ORDER.search(text) or (text[:1] in _OPENS and _closes_at_end(text)):
        return None
    rows = [tuple(p.strip() for p in split_top(row, _AND)) for row in split_top(text, _OR)]
    return Condition(tuple(rows))


def _several(text: str) -> Form | None:
    if re.fullmatch(r"‹[^‹›]*›", text):
        return None
    parts = [part for part in split_top(text, _COMMA) if part.strip()]
    if len(parts) < 2:
        return None
    return Listed("", tuple(_form(part) for part in parts))


def _grouped(text: str) -> Form | None:
    """What stands in brackets: a tuple, an interval, a set; one value in them is that value."""
    if not text or text[0] not in _OPENS or not _closes_at_end(text):
        return None
    brackets, inner = text[0] + text[-1], text[1:-1]
    brackets = {"{}": "⦃⦄", "⟨⟩": "()"}.get(brackets, brackets)
    items = tuple(_form(part) for part in split_top(inner, re.compile(",")))
    if len(items) == 1 and brackets == "()":
        return items[0]
    if len(items) == 1 and brackets == "[]":
        return items[0] if isinstance(items[0], Listed) and items[0].brackets == "" else None
    if len(items) > 1 and all(isinstance(i, Listed) and i.brackets == "[]" for i in items):
        return Matrix(tuple(i.items for i in items if isinstance(i, Listed)))
    return Listed(brackets, items)


def _signed(text: str) -> Form | None:
    """`3 ± 2` is two values."""
    if "±" not in text:
        return None
    upper = text.replace("±", "+").replace("∓", "-")
    lower = text.replace("±", "-").replace("∓", "+")
    return Listed("⦃⦄", (_form(_trimmed(upper)), _form(_trimmed(lower))))


def _trimmed(text: str) -> str:
    return re.sub(r"(=|^)\s*\+\s*", r"\1", text.strip())


def _named(text: str) -> Form | None:
    match = _NAMED.match(text)
    if match is None or "=" in text[match.end() :]:
        return None
    value = text[match.end() :]
    return Named(match[1], _form(value), f"{match[1]} = {value}")


def _value(text: str) -> Form:
    unit = _UNIT.fullmatch(text)
    if unit and not (unit[6] and _is_product(unit[1], unit[6])):
        words = next(filter(None, (unit[2], unit[4], unit[5], unit[6])))
        return Value(number_in_words(unit[1]) or unit[1].strip(), words + (unit[3] or ""), text)
    bare = re.sub(r"[‹›]", " ", text).strip()
    number = number_in_words(bare)
    if number is not None:
        return Value(number, "", number)
    counted = re.fullmatch(r"([a-z-]+)\s+([a-z]+)", bare.casefold())
    if counted and number_in_words(counted[1]) is not None:
        return Value(number_in_words(counted[1]) or "", counted[2], bare)
    if "‹" in text or re.search(r"[A-Za-z]{2,}\s+[A-Za-z]{2,}", text):
        return Words(bare)
    ratio = re.fullmatch(r"([^:]+):([^:]+)", text)
    if ratio and not re.search(r"[A-Za-z]{2,}", text):
        text = f"({ratio[1]})/({ratio[2]})"
    if re.search("=", text):
        return Condition(((text,),))
    return Value(text, "", text)


def _is_product(value: str, unit: str) -> bool:
    """Whether what looks like a unit without marks is a part of the expression."""
    names = re.search(r"(?<!\\)\b(?!pi\b)[A-Za-z]+", re.sub(r"\\[A-Za-z]+", "", value))
    return bool(_FUNCTIONS.search(unit) or names)


def split_top(text: str, mark: re.Pattern[str]) -> list[str]:
    """The text split where the mark stands outside brackets."""
    parts, begin, depth, index = [], 0, 0, 0
    while index < len(text):
        depth += (text[index] in _OPENS) - (text[index] in _SHUTS)
        match = mark.match(text, index) if depth == 0 else None
        if match and match.end() > index:
            parts.append(text[begin:index])
            index = begin = match.end()
        else:
            index += 1
    return [*parts, text[begin:]]


def _closes_at_end(text: str) -> bool:
    """Whether the bracket that opens the text closes at its very end."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character in _OPENS) - (character in _SHUTS)
        if depth == 0:
            return index == len(text) - 1
    return False
