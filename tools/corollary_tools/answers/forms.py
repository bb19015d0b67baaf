"""What an answer's text shows: a value, a tuple, an interval, a set, a matrix, a condition, words.

Guarantees a form for any text, by its brackets, signs and words alone; each leaf keeps its text.
Whether `(1, 2)` is a point or an interval is left open: the brackets are kept. Does not compute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeGuard

from corollary_tools.answers.shapes import (
    EMPTY,
    REALS,
    Based,
    Condition,
    Form,
    Listed,
    Logic,
    Matrix,
    Named,
    Union,
    Value,
    Words,
)
from corollary_tools.answers.text import number_in_words, plain_text
from corollary_tools.errors import ToolError

DEEPEST = 30  # brackets inside brackets
MOST = 100  # values in one answer
_OPENS, _SHUTS = "([{⦃⟨", ")]}⦄⟩"
_MATRIX = re.compile(r"\\begin\{([pbvBV]?matrix|array)\}(?:\{[lcr|]*\})?(.*)\\end\{\1\}", re.S)
_BASED = re.compile(r"(-?[0-9A-Z]+)\s*_\s*\{?\s*(\d{1,2})\s*\}?")
_BUILDER = re.compile(r"[{⦃]\s*[A-Za-z]\w*\s*(?:∈\s*ℝ\s*)?[|:](?!\|)(.*)[}⦄]")
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
    """The form of an answer's text. ToolError where it is too long or too deeply nested."""
    plain = plain_text(text)
    depth = deepest = 0
    for character in plain:
        depth += (character in _OPENS) - (character in _SHUTS)
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise ToolError(f"More than {DEEPEST} levels of brackets. Send a simpler answer.")
    return _form(plain)


def _form(text: str) -> Form:
    text = text.strip()
    for read in (
        _nothing_or_all,
        _based,
        _matrix,
        _built,
        _joined,
        _logic,
        _relations,
        _several,
        _grouped,
    ):
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
    if match is None or not 2 <= int(match[2]) <= 36:
        return None
    fits = re.search(r"\d", match[1]) or (match[2] == "16" and re.fullmatch("-?[A-F]+", match[1]))
    return Based(match[1], int(match[2])) if fits else None


def _matrix(text: str) -> Form | None:
    match = _MATRIX.fullmatch(text)
    if match is None:
        return None
    lines = [line for line in re.split(r"\\\\", match[2]) if line.replace("\\hline", "").strip()]
    return Matrix(tuple(tuple(_form(cell) for cell in line.split("&")) for line in lines))


def _built(text: str) -> Form | None:
    """`{x | x > 2}`: the condition alone."""
    match = _BUILDER.fullmatch(text)
    return _relations(match[1]) if match else None


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
    if len(parts) < 2 or number_in_words(text) is not None:
        return None
    return Listed("", _flat(map(_form, parts)))


def _flat(items: Iterable[Form]) -> tuple[Form, ...]:
    """The items, with the two values of a ± each on its own."""
    rows = ((item.items if _is_pair(item) else (item,)) for item in items)
    return tuple(form for row in rows for form in row)


def _is_pair(form: Form) -> TypeGuard[Listed]:
    return isinstance(form, Listed) and form.brackets == "±"


def _grouped(text: str) -> Form | None:
    """What stands in brackets: a tuple, an interval, a set; one value in them is that value."""
    if not text or text[0] not in _OPENS or not _closes_at_end(text):
        return None
    brackets, inner = text[0] + text[-1], text[1:-1]
    brackets = {"{}": "⦃⦄", "⟨⟩": "()"}.get(brackets, brackets)
    items = _flat(_form(part) for part in split_top(inner, re.compile(",")))
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
    return Listed("±", (_form(_trimmed(upper)), _form(_trimmed(lower))))


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
    first, *ratio = text.split(":") if not re.search(r"[A-Za-z]{2,}", text) else [text]
    if len(ratio) > 1:
        return Listed("()", tuple(Value(f"({p})/({first})", "", f"({p})/({first})") for p in ratio))
    text = f"({first})/({ratio[0]})" if ratio else text
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
            if len(parts) >= MOST:
                raise ToolError(f"More than {MOST} values in one answer. Send fewer.")
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
