"""Equations in running text: `So A = (3 + 4) * 2 = 14 eggs.` -> sides A, (3 + 4) * 2, 14.

Guarantees that a side is a whole piece of the text that reads as an expression, cut at the words
around it; a unit after a number is kept apart. What does not read so is left out, never guessed.
Does not compute (`statements` does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<number>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?%?|\.\d+%?)
    | (?P<relation>\\approx\b|\\equiv\b|\\implies\b|\\Rightarrow\b|\\to\b|[=≈]>?|→|⇒)
    | (?P<other_relation>\\(?:neq?|leq?|geq?|lt|gt)\b|!=|<=|>=|[<>≤≥≠:;,?|])
    | (?P<command>\\[A-Za-z]+|\\[,;!\ ])
    | (?P<word>[A-Za-z][A-Za-z'’-]*[A-Za-z](?:_\w+)?)
    | (?P<name>[A-Za-zα-ωθπ](?:_(?:\w|\{\w+\}))?'?)
    | (?P<sign>[-+*/×÷·⋅−–^²³√!_])
    | (?P<bracket>[()\[\]{}])
    | (?P<skip>[\s$]+|\*\*(?=\S)|[“”"`])
    | (?P<stop>.)""",
    re.VERBOSE | re.DOTALL,
)
_EQUALS = {"=", "≈", r"\approx"}
_FUNCTIONS = frozenset(("sqrt", "sin", "cos", "tan", "log", "ln", "gcd", "lcm", "abs", "pi", "exp"))
_COMMANDS = frozenset(
    r"\frac \dfrac \tfrac \sqrt \times \cdot \div \pi \left \right \binom \sin \cos \tan \log \ln"
    r" \, \; \! \ ".split(" ")
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_AFTER = set("+*/×÷·⋅^")
_WORDS_OF_A_UNIT = 2


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an equation. text: the expression. unit: the words right after it."""

    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """Sides that the text sets equal, in order. rounded: where it says about, for each sign."""

    sides: tuple[Side, ...]
    rounded: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def find_equations(text: str) -> tuple[Equation, ...]:
    """The equations that a text states, in order; a side that does not read as one ends a chain."""
    tokens = list(_tokens(text))
    return tuple(_chains(tokens))


def _tokens(text: str) -> Iterator[_Token]:
    for line in text.splitlines():
        bare = re.sub(r"^\s*[-*•]\s+", "", line)
        for found in _TOKEN.finditer(bare):
            kind = found.lastgroup or "stop"
            token = _Token(kind, found.group())
            if kind == "word" and token.text in _FUNCTIONS:
                token = _Token("name", token.text)
            elif kind == "command" and token.text not in _COMMANDS:
                token = _Token("stop", token.text)
            if kind != "skip" or token.text.isspace():
                yield token
        yield _Token("stop", "\n")


def _chains(tokens: Sequence[_Token]) -> Iterator[Equation]:
    """Cut the tokens at the signs of equality; sides that touch make one equation."""
    places = [i for i, token in enumerate(tokens) if token.text in _EQUALS]
    sides: list[Side] = []
    rounded: list[bool] = []
    for number, place in enumerate(places):
        start = places[number - 1] + 1 if number else 0
        if not sides:
            left = _left(tokens[start:place])
            if left is None:
                continue
            sides = [left]
        end = places[number + 1] if number + 1 < len(places) else len(tokens)
        right, whole = _right(tokens[place + 1 : end])
        if right is not None:
            sides.append(right)
            rounded.append(tokens[place].text != "=")
        if right is None or not whole or number + 1 == len(places):
            if len(sides) > 1:
                yield Equation(tuple(sides), tuple(rounded))
            sides, rounded = [], []


def _left(tokens: Sequence[_Token]) -> Side | None:
    """The expression that ends these tokens."""
    end, unit = _without_unit(tokens)
    start = end
    while start and _is_part(tokens, start - 1):
        start -= 1
    if _goes_on(tokens[start:end]) and _without_unit(tokens[:start])[0] < start:
        return None  # 20 eggs + 5 eggs: only its end was read.
    return _side(tokens[start:end], unit, whole_end=True)


def _right(tokens: Sequence[_Token]) -> tuple[Side | None, bool]:
    """The expression that begins these tokens, and whether nothing but its unit follows it."""
    end = 0
    while end < len(tokens) and _is_part(tokens, end):
        end += 1
    unit = _unit(tokens[end:])
    side = _side(tokens[:end], unit, whole_end=False)
    after = _without_words(tokens[end:])
    if unit and _goes_on(after):
        return None, False
    return side, not after


def _without_words(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """What comes after a unit."""
    kinds = [token.kind not in ("word", "skip") for token in tokens]
    return tokens[kinds.index(True) :] if True in kinds else ()


def _goes_on(tokens: Sequence[_Token]) -> bool:
    """Whether these tokens begin with an operation on what stands before them."""
    solid = [token for token in tokens if token.kind != "skip"]
    return bool(solid) and solid[0].kind == "sign" and solid[0].text != "_"


def _is_part(tokens: Sequence[_Token], place: int) -> bool:
    token = tokens[place]
    if token.kind == "word":
        return token.text == "of" and _before(tokens, place).endswith("%")
    return token.kind in ("number", "name", "sign", "bracket", "command", "skip")


def _before(tokens: Sequence[_Token], place: int) -> str:
    solid = [token.text for token in tokens[:place] if token.kind != "skip"]
    return solid[-1] if solid else ""


def _unit(tokens: Sequence[_Token]) -> str:
    words: list[str] = []
    for token in tokens:
        if token.kind == "word" and len(words) < _WORDS_OF_A_UNIT:
            words.append(token.text.casefold())
        elif token.kind != "skip":
            break
    return " ".join(words)


def _without_unit(tokens: Sequence[_Token]) -> tuple[int, str]:
    """Where an expression at the end of the tokens ends, and the unit after it."""
    words: list[str] = []
    end = len(tokens)
    while end and len(words) <= _WORDS_OF_A_UNIT:
        token = tokens[end - 1]
        if token.kind == "word" and len(words) < _WORDS_OF_A_UNIT:
            words.append(token.text.casefold())
        elif token.kind != "skip":
            break
        end -= 1
    is_value = end and tokens[end - 1].kind in ("number", "bracket", "name")
    return (end, " ".join(reversed(words))) if is_value else (len(tokens), "")


def _side(tokens: Sequence[_Token], unit: str, *, whole_end: bool) -> Side | None:
    """The side that these tokens are: balanced, with no sign that belongs to the text around."""
    kept = _balanced([t for t in tokens if t.text not in ("\\,", "\\;", "\\!", "\\ ")], whole_end)
    text = "".join(token.text for token in kept).strip()
    while text and text[0] in _AFTER:
        text = text[1:].lstrip()
    text = text.rstrip(" +-*/×÷·⋅−–^_")
    return Side(_spelt(text), unit) if any(char.isalnum() for char in text) else None


def _balanced(tokens: list[_Token], whole_end: bool) -> list[_Token]:
    """Without what stands outside of a bracket that has no partner."""
    open_ones: list[int] = []
    for place, token in enumerate(tokens):
        if token.text in _PAIRS:
            open_ones.append(place)
        elif token.text in _PAIRS.values():
            if open_ones and _PAIRS[tokens[open_ones[-1]].text] == token.text:
                open_ones.pop()
            elif whole_end:
                return _balanced(tokens[place + 1 :], whole_end)
            else:
                return tokens[:place] if not open_ones else []
    if not open_ones:
        return tokens
    return _balanced(tokens[open_ones[-1] + 1 :], whole_end) if whole_end else tokens[: open_ones[0]]


def _spelt(text: str) -> str:
    """A letter x between numbers is a times."""
    text = re.sub(r"(?<=[\d)])\s+[xX]\s+(?=[\d(.])|(?<=\d)[xX](?=\d)", " * ", text)
    return " ".join(text.split())
