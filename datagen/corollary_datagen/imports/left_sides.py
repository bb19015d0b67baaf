"""The expression on the left of an equals sign in prose, read from its end.

From its end, because units stand behind numbers and only the first word that belongs to nothing
tells where an expression begins. Guarantees that brackets are balanced and that a left side which
cannot be calculated as it is written (an unknown, a number in words) gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

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
AMOUNTS = frozenset(
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
WORDS = 4
"""So many words may stand between a number and the next operator: `9 fresh duck eggs * 2`."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text. kind: number, operator, bracket, equals, edge or word."""

    kind: str
    text: str
    start: int
    end: int


class _NoEquation(ValueError):
    """What stands on the left cannot be calculated as it is written."""


def read_tokens(text: str) -> list[Token]:
    """The numbers, signs, brackets, words and sentence ends of a text that is spelled plainly."""
    return [Token(_kind(f), f[0], f.start(), f.end()) for f in _TOKEN.finditer(text)]


def _kind(found: re.Match[str]) -> str:
    return "number" if found["fraction"] else str(found.lastgroup)


def left_side(tokens: Sequence[Token]) -> tuple[str, int] | None:
    """The expression that ends where `tokens` do, and where it begins; None where there is none."""
    reader = _Backwards(tokens, len(tokens) - 1)
    try:
        return reader.read()
    except _NoEquation:
        return None


@dataclass(slots=True)
class _Backwards:
    """Reads an expression from its end: units stand before numbers, and what opens comes last."""

    tokens: Sequence[Token]
    at: int
    out: list[str] = field(default_factory=list)
    start: int = 0
    wants_number: bool = True
    words: int = 0
    signed: int | None = None

    def read(self) -> tuple[str, int] | None:
        while self.at >= 0 and self._take(self.tokens[self.at]):
            self.at -= 1
        self._open_end()
        found = self.out[::-1]
        inner = found[1:] if found[:1] == ["-"] else found
        if found.count("(") != found.count(")") or not any(t in "+-*/^ of " for t in inner):
            return None
        return "".join(found), self.start

    def _open_end(self) -> None:
        """Take away what stands before the first number: a bullet; a sign of its own is kept."""
        if not (self.wants_number and self.out and self.out[-1] in "+-*/^"):
            return
        if self.out[-1] == "-" and self.signed is not None:
            self.start = self.signed
        elif self.words:
            raise _NoEquation  # `total - 3 - 4`
        else:
            self.out.pop()

    def _take(self, token: Token) -> bool:
        """Use one token; False where the expression began after it."""
        if token.kind in ("equals", "edge"):
            return False
        if token.kind == "word":
            return self._word(token)
        if token.kind == "number":
            return self._number(token)
        if token.kind == "bracket":
            return self._bracket(sign_of(token), token.start)
        return self._operator(token)

    def _number(self, token: Token) -> bool:
        if not self.wants_number:
            if self.words == 0:
                raise _NoEquation
            return False
        self.out.append(plain_number(token.text))
        self.start, self.wants_number, self.words = token.start, False, 0
        return True

    def _operator(self, token: Token) -> bool:
        sign = sign_of(token)
        if not self.wants_number:
            self.out.append(sign)
            self.signed = token.start if sign == "-" and token.end == self.start else None
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

    def _word(self, token: Token) -> bool:
        word = token.text
        if not self.wants_number:
            return self._word_before(word)
        if word in AMOUNTS or (len(word) == 1 and word.isalpha()):
            raise _NoEquation
        self.words += 1
        return self.words <= WORDS

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
        if word in AMOUNTS:
            raise _NoEquation
        self.words += 1
        return self.out.count(")") > self.out.count("(") or self._joins()

    def _joins(self) -> bool:
        """Whether few words further left an operator stands: `$3 + shipping $2`."""
        for token in reversed(self.tokens[max(0, self.at - 3) : self.at]):
            if token.kind == "operator":
                return sign_of(token) in "+*"
            if token.kind != "word" or token.text in AMOUNTS:
                return False
        return False


def sign_of(token: Token) -> str:
    """The sign of an operator or bracket, as the tools write it."""
    return _SIGNS.get(token.text, token.text)


def plain_number(number: str) -> str:
    """A number without commas; a fraction that is divided by stands in brackets."""
    plain = number.replace(",", "").replace(" ", "")
    return f"({plain})" if "/" in plain else plain
