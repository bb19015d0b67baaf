"""Reading numbers, expressions and sets of them out of words, money, units and LaTeX.

Guarantees canonical numbers (whole, terminating decimal or fraction); an irrational value stays
in the notation it was written in. A percentage is read as its number: 15% is 15.
"""

from __future__ import annotations

import re

from corollary_tools.answers.forms import read_form
from corollary_tools.answers.shapes import (
    Condition,
    Form,
    Listed,
    Matrix,
    Named,
    Union,
    Value,
    Words,
)
from corollary_tools.answers.span import Span
from corollary_tools.answers.text import mixed_numbers
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate, read_number, render_number
from corollary_tools.expressions.syntax import parse_chain, parse_tree
from corollary_tools.expressions.tree import names_in

_LITERAL = re.compile(
    r"(?:(?<![\w)\]])[-−]\s?)?[$€£]?\s?(?:\d+\s+\d+/\d+(?![\d/])|(?:\d[\d,_]*\d|\d)?(?:(?<=\d)\.\d+|(?<![\w.])\.\d+|(?<=\d))"
    r"(?:[eE][+-]?\d+(?!\w))?(?:\s*/\s*\d+(?![\d/]))?)"
)
_NOTE = re.compile(r"\s+\([^()]*[^\W\d_]{4,}[^()]*\)")  # (about 1.414214), (2 complex ...)
_UNIT = re.compile(r"\\(?:text|mathrm|mbox)\s*\{[^{}]*\}|\\[,;!\s]|°|\\?%(?=\W*$)")
_SEPARATOR = re.compile(
    r",(?!\d{3}(?!\d))|;|\b(?:and|or)\b|\\text\s*\{\s*(?:and|or)\s*\}", re.IGNORECASE
)
_MOST_WORDS = 4  # of an answer that is no mathematics
_BASED = re.compile(r"-?[0-9A-F]+\s*_\s*(?:\{\d{1,2}\}|\d{1,2})")
_NONE = re.compile(
    r"(?:no (?:real )?solutions?|\\(?:emptyset|varnothing)|∅|\\?\{\s*\\?\})\W*", re.IGNORECASE
)
_BRACKETS = re.compile(r"\\?[{(\[](.*?)\\?[})\]]", re.DOTALL)
_NAMED = re.compile(r"\s*[^\W\d]\w*\s*=")
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)  # fmt: skip


def read_value(span: Span) -> str | None:
    """One number. After a marker the first one counts, in prose without a marker the last."""
    text = _cleaned(span.text)
    parts = [part for part in _SEPARATOR.split(text) if part.strip(" .")]
    if _is_inequality(text) or (len(parts) > 1 and all(_NAMED.match(part) for part in parts)):
        return None
    whole = _single(text)
    if whole is not None:
        return whole
    if span.marked:
        sentence = _first_sentence(text)
        found = _literals(sentence.rsplit("=", maxsplit=1)[-1]) or _literals(sentence)
        return found[0] if found else _in_words(sentence)
    found = _literals(text)
    return found[-1] if found else _in_words(text)


def read_expression(span: Span) -> str | None:
    """One expression or equation in mathematical notation."""
    text = _cleaned(span.text)
    math = re.findall(r"\$([^$]+)\$|\\\((.+?)\\\)|`([^`]+)`", span.text)
    inside = ["".join(groups) for groups in math[-1:]]
    after = re.split(r"\b(?:is|are|get|to|as)\b|:", text)[-1]
    found = next((c.strip(" $") for c in (text, *inside, after) if _is_expression(c)), None)
    if found is not None:
        return found
    whole = span.text.replace("**", "").strip().removesuffix(".").strip()
    return next((c.strip() for c in (whole, *inside) if _is_shape(c, span.marked)), None)


def read_values(span: Span) -> list[str] | None:
    """Several numbers or expressions, in the order of the text; [] for "no solution"."""
    text = _cleaned(span.text)
    if _NONE.fullmatch(text):
        return []
    if _is_inequality(text):
        return None
    bare = _BRACKETS.fullmatch(text)
    for candidate in (bare[1] if bare else text, text):
        values = [_single(part) for part in _SEPARATOR.split(candidate) if part.strip(" .")]
        if values and None not in values:
            return [value for value in values if value is not None]
    sentence = _first_sentence(text) if span.marked else text.rsplit("\n", maxsplit=1)[-1]
    return _signed_values(sentence) or _literals(sentence) or None


def _cleaned(text: str) -> str:
    text = _UNIT.sub(" ", _NOTE.sub("", text).replace("**", "").replace("\\$", "$"))
    text = text.replace("\\(", "").replace("\\)", "").strip(" \n\t`")
    return text.removesuffix(".").strip()


def _single(text: str) -> str | None:
    """The value where the whole text is one: `24`, `x = 2/3`, `70 + 2 = 72`, `2*sqrt(3)`."""
    side = text.rsplit("=", maxsplit=1)[-1].strip()
    if _BASED.fullmatch(side.strip("$ ")):
        return side.strip("$ ")
    try:
        tree = parse_tree(mixed_numbers(side))
        value = evaluate(tree)
    except ToolError:
        return None
    if value is not None:
        return render_number(value)
    return side.strip("$ ") if set(names_in(tree)) <= {"pi", "e"} else None


def _is_inequality(text: str) -> bool:
    try:
        relations = parse_chain(text.strip("$ "))
    except ToolError:
        return "\\infty" in text or "∞" in text
    return any(relation.operator != "=" for relation in relations)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])|\n", text.strip(), maxsplit=1)[0]


def _literals(text: str) -> list[str]:
    numbers = (
        read_number(re.sub(r"(?<=[-−])\s+|[$€£]", "", match).strip())
        for match in _LITERAL.findall(text)
    )
    return [render_number(number) for number in numbers if number is not None]


def _in_words(text: str) -> str | None:
    known = _WORDS.split()
    found = [known.index(word) for word in re.findall(r"[a-z]+", text.lower()) if word in known]
    return str(found[0]) if len(found) == 1 else None


def _signed_values(text: str) -> list[str] | None:
    """The values of `3 ± 2` and of lists with such; None where there is no such sign."""
    if "±" not in text and "\\pm" not in text:
        return None
    form = _form(text)
    items = form.items if isinstance(form, Listed) else ()
    plain = (item.value if isinstance(item, Named) else item for item in items)
    values = [_single(item.text) for item in plain if isinstance(item, Value)]
    found = [value for value in values if value is not None]
    return found if len(found) == len(items) else None


def _is_shape(text: str, marked: bool) -> bool:
    """Whether the text is an answer of any form: a tuple, an interval, a matrix, a few words."""
    form = _form(text)
    return form is not None and _readable(form, marked)


def _readable(form: Form, marked: bool) -> bool:
    match form:
        case Words(text):
            return marked and 0 < len(text.split()) <= _MOST_WORDS
        case Value(text):
            return _is_expression(text)
        case Listed(_, items):
            return all(_readable(item, False) for item in items)
        case Named(_, value):
            return _readable(value, False)
        case Union(parts):
            return all(_readable(part, False) for part in parts)
        case Matrix(rows):
            return all(_readable(cell, False) for row in rows for cell in row)
        case Condition(rows):
            return all(_is_expression(part) for row in rows for part in row)
    return marked


def _form(text: str) -> Form | None:
    try:
        return read_form(text)
    except ToolError:
        return None


def _is_expression(text: str) -> bool:
    try:
        relations = parse_chain(text)
    except ToolError:
        return False
    sides = [side for relation in relations for side in (relation.left, relation.right)]
    names = {name for side in sides for name in names_in(side)}
    return all(len(name) <= 2 or name in _GREEK or not name.isalpha() for name in names)


_GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "pi",
))  # fmt: skip
