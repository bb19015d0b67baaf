"""Reading numbers, expressions and sets of them out of words, money, units and LaTeX.

Guarantees canonical numbers (whole, terminating decimal or fraction); an irrational value stays
in the notation it was written in. A percentage is read as its number: 15% is 15.
"""

from __future__ import annotations

import re

from corollary_tools.answer_span import Span
from corollary_tools.errors import ToolError
from corollary_tools.rational import evaluate, read_number, render_number
from corollary_tools.syntax import parse_relation, parse_tree
from corollary_tools.syntax_tree import Relation, names_in

_LITERAL = re.compile(
    r"(?:(?<![\w)\]])[-−]\s?)?[$€£]?\s?(?:\d+\s+\d+/\d+(?![\d/])|(?:\d[\d,_]*\d|\d)?(?:(?<=\d)\.\d+|(?<![\w.])\.\d+|(?<=\d))"
    r"(?:[eE][+-]?\d+(?!\w))?(?:\s*/\s*\d+(?![\d/]))?)"
)
_NOTE = re.compile(r"\s+\([^()]*[^\W\d_]{4,}[^()]*\)")  # (about 1.414214), (2 complex ...)
_UNIT = re.compile(r"\\(?:text|mathrm|mbox)\s*\{[^{}]*\}|\\[,;!\s]|°|\\?%(?=\W*$)")
_SEPARATOR = re.compile(
    r",(?!\d{3}(?!\d))|;|\b(?:and|or)\b|\\text\s*\{\s*(?:and|or)\s*\}", re.IGNORECASE
)
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
    return next((c.strip(" $") for c in (text, *inside, after) if _is_expression(c)), None)


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
    return _literals(sentence) or None


def _cleaned(text: str) -> str:
    text = _UNIT.sub(" ", _NOTE.sub("", text).replace("**", "").replace("\\$", "$"))
    text = text.replace("\\(", "").replace("\\)", "").strip(" \n\t`")
    return text.removesuffix(".").strip()


def _single(text: str) -> str | None:
    """The value where the whole text is one: `24`, `x = 2/3`, `70 + 2 = 72`, `2*sqrt(3)`."""
    side = text.rsplit("=", maxsplit=1)[-1].strip()
    try:
        tree = parse_tree(side)
        value = evaluate(tree)
    except ToolError:
        return None
    if value is not None:
        return render_number(value)
    return side.strip("$ ") if set(names_in(tree)) <= {"pi", "e"} else None


def _is_inequality(text: str) -> bool:
    try:
        tree = parse_relation(text)
    except ToolError:
        return False
    return isinstance(tree, Relation) and tree.operator != "="


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


def _is_expression(text: str) -> bool:
    try:
        tree = parse_relation(text)
    except ToolError:
        return False
    sides = (tree.left, tree.right) if isinstance(tree, Relation) else (tree,)
    names = {name for side in sides for name in names_in(side)}
    return all(len(name) <= 2 or name in _GREEK or not name.isalpha() for name in names)


_GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "pi",
))  # fmt: skip
