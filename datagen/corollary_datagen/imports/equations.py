"""Equations in prose: `9 eggs x $2 per egg = $18` is read as 9*2, stated to be 18.

Words for units, signs for money and remarks in brackets are passed over; what holds an unknown, a
number in words (dozen, half) or no operator on its left is no equation. Guarantees that the numbers
are those that were written, right or wrong. Calculates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corollary_agent.trace import Step
from corollary_datagen.imports.spelling import spelled_plainly

_TOKEN = re.compile(
    r"(?P<fraction>(?<=[/÷] )\d+/\d+(?![\d/.,]))"
    r"|(?P<number>(?<![\w.,])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?:\.\d+|(?<=\d))(?:\s?%)?)"
    r"|(?P<operator>\*\*|(?<![\w)])[-−–](?=\w)|[-−–](?![A-Za-z])|[+*/^×÷·])"
    r"|(?P<bracket>[()\[\]])"
    r"|(?P<equals>(?<![<>!=])=(?!=)|≈)"
    r"|(?P<edge>[.:;!?,](?=\s|$)|\n|[<>{}|]|==)"
    r"|(?P<word>[^\W\d][\w'’-]*|\S)"
)
_SIGNS = {"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "**": "^", "[": "(", "]": ")"}
_AMOUNTS = frozenset(
    [
        "dozen",
        "dozens",
        "hundred",
        "thousand",
        "million",
        "billion",
        "half",
        "third",
        "quarter",
        "twice",
        "double",
        "triple",
        "squared",
        "cubed",
        "hundreds",
        "thousands",
        "millions",
        "sqrt",
        "pi",
        "log",
        "hr",
        "am",
        "pm",
        "AM",
        "PM",
    ]
)
_WORDS = 4
"""So many words may stand between a number and the next operator: `9 fresh duck eggs * 2`."""


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation in a text. start, end: where it stands, from its first number to its value."""

    expression: str
    stated: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _NoEquation(ValueError):
    """What stands on the left cannot be calculated as it is written."""


def read_equations(text: str) -> Iterator[Equation]:
    """Yield the equations of a text in order, each with the value that it is said to have."""
    tokens = [
        _Token(_kind(found), found[0], found.start(), found.end())
        for found in _TOKEN.finditer(spelled_plainly(text))
    ]
    for index, token in enumerate(tokens):
        if token.kind == "equals":
            value, left = _value(tokens[index + 1 :]), _left(tokens[:index])
            if value and left:
                expression, stated = _in_percent(left[0], value[0])
                yield Equation(expression, stated, left[1], value[1])


def _kind(found: re.Match[str]) -> str:
    return "number" if found["fraction"] else str(found.lastgroup)


def _in_percent(expression: str, stated: str) -> tuple[str, str]:
    """`12/20*100% = 60%` means 12/20*100, which is 60."""
    if expression.endswith("*100%") and stated.endswith("%"):
        return expression[:-1], stated[:-1]
    return expression, stated


def stated_result(step: Step) -> str | None:
    """What the words of a `calculate` step say that its call comes to; None where they do not.

    The tool's own result is the step's observation: where the two differ, the model was wrong.
    """
    if len(step.calls) != 1 or step.calls[0].name != "calculate":
        return None
    asked = step.calls[0].arguments.get("expression")
    said = [e.stated for e in read_equations(step.content) if e.expression == asked]
    return said[-1] if said else None


def _value(tokens: Sequence[_Token]) -> tuple[str, int] | None:
    """The number at the start of `tokens` and where it ends; None where it is part of a sum."""
    sign = ""
    if tokens and _sign(tokens[0]) == "-":
        sign, tokens = "-", tokens[1:]
    if not tokens or tokens[0].kind != "number":
        return None
    following = tokens[1 : _WORDS + 3]
    for place, token in enumerate(following):
        after = following[place + 1].kind if place + 1 < len(following) else ""
        if token.kind == "operator" or token.text in ("x", "X"):
            goes_on = after in ("number", "bracket") or (after == "operator" and place == 0)
            return None if goes_on else (sign + _plain(tokens[0].text), tokens[0].end)
        if token.kind != "word":
            break
        if token.text in _AMOUNTS:
            return None
    return sign + _plain(tokens[0].text), tokens[0].end


def _left(tokens: Sequence[_Token]) -> tuple[str, int] | None:
    """The expression that ends where `tokens` do, and where it begins; None where there is none."""
    reader = _Backwards(tokens, len(tokens) - 1)
    try:
        return reader.read()
    except _NoEquation:
        return None


@dataclass(slots=True)
class _Backwards:
    """Reads an expression from its end: units stand before numbers, and what opens comes last."""

    tokens: Sequence[_Token]
    at: int
    out: list[str] = field(default_factory=list)
    start: int = 0
    wants_number: bool = True
    words: int = 0

    def read(self) -> tuple[str, int] | None:
        while self.at >= 0 and self._take(self.tokens[self.at]):
            self.at -= 1
        while self.out and self.out[-1] in "+-*/^":
            self.out.pop()
        found = self.out[::-1]
        inner = found[1:] if found[:1] == ["-"] else found
        if found.count("(") != found.count(")") or not any(t in "+-*/^ of " for t in inner):
            return None
        return "".join(found), self.start

    def _take(self, token: _Token) -> bool:
        """Use one token; False where the expression began after it."""
        if token.kind in ("equals", "edge"):
            return False
        if token.kind == "word":
            return self._word(token)
        if token.kind == "number":
            return self._number(token)
        if token.kind == "bracket":
            return self._bracket(_sign(token), token.start)
        return self._operator(token)

    def _number(self, token: _Token) -> bool:
        if not self.wants_number:
            if self.words == 0:
                raise _NoEquation
            return False
        self.out.append(_plain(token.text))
        self.start, self.wants_number, self.words = token.start, False, 0
        return True

    def _operator(self, token: _Token) -> bool:
        sign = _sign(token)
        if not self.wants_number:
            self.out.append(sign)
            self.wants_number, self.words = True, 0
            return True
        if self.words:
            if sign != "/":  # `$2/egg`; anything else belongs to an unknown in words
                raise _NoEquation
            self.words = 0
            return True
        if self.out and self.out[-1] == "-":
            self.out.append(sign)
            return True
        return False

    def _bracket(self, sign: str, start: int) -> bool:
        if sign == ")":
            if not self.wants_number:
                return False
            self.out.append(sign)
            return True
        if self.out and self.out[-1] == ")":
            self.out.pop()
            return True
        if self.out.count(")") <= self.out.count("("):
            return False
        self.out.append(sign)
        self.start, self.wants_number, self.words = start, False, 0
        return True

    def _word(self, token: _Token) -> bool:
        word = token.text
        if not self.wants_number:
            return self._word_before(word)
        if word in _AMOUNTS or (len(word) == 1 and word.isalpha()):
            raise _NoEquation
        self.words += 1
        return self.words <= _WORDS

    def _word_before(self, word: str) -> bool:
        """A word on the left of a number: an operator, a unit within brackets, or the start."""
        before = self.tokens[self.at - 1] if self.at else None
        if word in ("x", "X") and before and before.kind in ("number", "word", "bracket"):
            self.out.append("*")
            self.wants_number, self.words = True, 0
            return True
        if word == "of" and before and before.kind == "number" and "%" in before.text:
            self.out.append(" of ")
            self.wants_number, self.words = True, 0
            return True
        if word == "of" and len(self.out) == 1:
            raise _NoEquation  # `half of 20`, `1/4 of 20`
        if word in _AMOUNTS:
            raise _NoEquation
        self.words += 1
        return self.out.count(")") > self.out.count("(") or self._joins()

    def _joins(self) -> bool:
        """Whether few words further left an operator stands: `$3 + shipping $2`."""
        for token in reversed(self.tokens[max(0, self.at - 3) : self.at]):
            if token.kind == "operator":
                return _sign(token) in "+*/"
            if token.kind != "word" or token.text in _AMOUNTS:
                return False
        return False


def _sign(token: _Token) -> str:
    return _SIGNS.get(token.text, token.text)


def _plain(number: str) -> str:
    """A number without commas; a fraction that is divided by stands in brackets."""
    plain = number.replace(",", "").replace(" ", "")
    return f"({plain})" if "/" in plain else plain
