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
_MARKUP = ("frac", "dfrac", "tfrac", "sqrt", "times", "cdot", "div", "pi", "left", "right", "binom")
_COMMANDS = frozenset(f"\\{word}" for word in (*_MARKUP, *_FUNCTIONS, ",", ";", "!", " "))
_SENTENCE = re.compile(r"[.;!?](?=\s)|\n")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_SPACES = {"\\,", "\\;", "\\!", "\\ "}
_LEADING = frozenset(
    ("is", "are", "be", "equals", "get", "gives", "so", "then", "that", "calculate")
)
_BINARY = set("+*/×÷·⋅^")
_DOUBLE = re.compile(r"\d\s*/\s*\d+\s*/\s*\d")  # 120/1/6 can be read in two ways.
_WORDS_OF_A_UNIT = 2
_LOOK = 60  # tokens


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an equation. text: the expression. unit: the words right after it.

    after_word: a word stands right before it, which it may belong to (`from -1 to 1 = 2/3`).
    """

    text: str
    unit: str = ""
    after_word: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """Sides that the text sets equal, in order. rounded: where it says about, for each sign.

    after: the words that follow, up to the end of the sentence.
    """

    sides: tuple[Side, ...]
    rounded: tuple[bool, ...]
    after: str = ""


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
        bare = re.sub(r"^\s*[-*•]\s+", "", line.replace("\\*", "*").replace("∗", "*"))
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
                rest = "".join(token.text for token in tokens[place + 1 : place + _LOOK])
                yield Equation(tuple(sides), tuple(rounded), _SENTENCE.split(rest)[0])
            sides, rounded = [], []


def _left(tokens: Sequence[_Token]) -> Side | None:
    """The expression that ends these tokens."""
    end, unit = _without_unit(tokens)
    start = end
    while start and _is_part(tokens, start - 1):
        start -= 1
    kept = _after_open(tokens[start:end])
    cut = len(kept) < len(tokens[start:end])
    if _goes_on(kept, cut or not _is_free(tokens[:start])) or _is_head(tokens[:start][-1:], kept):
        return None  # 20 eggs + 5 eggs, 1 + 2 + ... + 9, atan(1): only its end was read.
    return _side(kept, unit, after_word=_is_word_before(tokens[:start]) and not cut)


def _right(tokens: Sequence[_Token]) -> tuple[Side | None, bool]:
    """The expression that begins these tokens, and whether nothing but its unit follows it."""
    end = 0
    while end < len(tokens) and _is_part(tokens, end):
        end += 1
    kept = _before_closed(tokens[:end])
    unit = _unit(tokens[end:]) if len(kept) == end else ""
    after = _without_words(tokens[end:]) if len(kept) == end else tokens[len(kept) :]
    if (unit and _goes_on(after, True)) or _is_markup(tokens[end : end + 1]):
        return None, False
    return _side(kept, unit), not after


def _without_words(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """What comes after a unit."""
    kinds = [token.kind not in ("word", "skip") for token in tokens]
    return tokens[kinds.index(True) :] if True in kinds else ()


def _goes_on(tokens: Sequence[_Token], minus: bool) -> bool:
    """Whether these tokens begin with an operation on what stands before them.

    minus: a minus counts as one, and is no sign of what follows.
    """
    solid = [token for token in tokens if token.kind != "skip"]
    if not solid or solid[0].kind != "sign":
        return False
    return minus or solid[0].text not in "-−–√"


def _is_free(tokens: Sequence[_Token]) -> bool:
    """Whether a minus after these tokens is a sign: `is -5`, and not `40 in all - 5`."""
    solid = [token for token in tokens if token.kind != "skip"]
    if not solid:
        return True
    if solid[-1].kind == "word":
        return solid[-1].text.casefold() in _LEADING
    return solid[-1].text in ("\n", ":", ",", ";", "=>", "⇒", "→") or solid[-1].text in _EQUALS


def _is_markup(tokens: Sequence[_Token]) -> bool:
    """Whether a command that is not known stands right here, so that more was meant."""
    return any(token.kind == "stop" and token.text.startswith("\\") for token in tokens)


def _is_head(before: Sequence[_Token], kept: Sequence[_Token]) -> bool:
    """Whether what stands right before is a function of these tokens, or markup around them."""
    is_called = bool(kept) and kept[0].text == "(" and any(t.kind == "word" for t in before)
    return is_called or _is_markup(before)


def _is_word_before(tokens: Sequence[_Token]) -> bool:
    solid = [token for token in tokens if token.kind != "skip"]
    return bool(solid) and solid[-1].kind == "word"


def _is_part(tokens: Sequence[_Token], place: int) -> bool:
    token = tokens[place]
    if token.kind == "word":
        return token.text == "of" and _before(tokens, place).endswith("%")
    return token.kind in ("number", "name", "sign", "bracket", "command", "skip")


def _before(tokens: Sequence[_Token], place: int) -> str:
    while place and tokens[place - 1].kind == "skip":
        place -= 1
    return tokens[place - 1].text if place else ""


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


def _side(tokens: Sequence[_Token], unit: str, *, after_word: bool = False) -> Side | None:
    """The side that these tokens are, where they hold a number or a name."""
    text = "".join(token.text for token in tokens if token.text not in _SPACES).strip()
    text = text.rstrip(" -−–_")
    if not any(char.isalnum() for char in text) or text[-1] in _BINARY or _DOUBLE.search(text):
        return None
    return Side(_spelt(text), unit, after_word)


def _after_open(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """The end of these tokens in which no bracket lacks its partner."""
    open_ones = 0
    for place in range(len(tokens) - 1, -1, -1):
        if tokens[place].text in _PAIRS.values():
            open_ones += 1
        elif tokens[place].text in _PAIRS:
            open_ones -= 1
            if open_ones < 0:
                return tokens[place + 1 :]
    if not open_ones:
        return tokens
    last = max(i for i, token in enumerate(tokens) if token.text in _PAIRS.values())
    return tokens[last + 1 :]


def _before_closed(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """The beginning of these tokens in which no bracket lacks its partner."""
    open_ones: list[int] = []
    for place, token in enumerate(tokens):
        if token.text in _PAIRS:
            open_ones.append(place)
        elif token.text in _PAIRS.values():
            if not open_ones:
                return tokens[:place]
            open_ones.pop()
    return tokens[: open_ones[0]] if open_ones else tokens


def _spelt(text: str) -> str:
    """A letter x between numbers is a times."""
    text = re.sub(r"(?<=[\d)])\s+[xX]\s+(?=[\d(.])|(?<=\d)[xX](?=\d)", " * ", text)
    return " ".join(text.split())
