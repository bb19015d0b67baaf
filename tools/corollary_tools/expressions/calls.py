"""The part of the grammar of expressions that begins with a function: calls, roots, fractions.

    call      = function ("^" signed)? "(" sum ("," sum)* ")" | function argument
    argument  = number name-powers | power                                sin 2x, √2
    fraction  = "frac" "{" sum "}" "{" sum "}"

sin^-1 and its kin are the inverse functions, as in print. Does not read sums (`syntax` does).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.tree import Apply, Name, Number, Tree
from corollary_tools.notation import Token
from corollary_tools.token_cursor import TokenCursor, at

CLOSES = {"(": ")", "[": "]", "{": "}", "|": "|"}
_INVERSES = {
    "sin": "asin", "cos": "acos", "tan": "atan", "cot": "acot", "sec": "asec", "csc": "acsc",
    "sinh": "asinh", "cosh": "acosh", "tanh": "atanh",
}  # fmt: skip
_SAME_FUNCTION = {
    "ln": "log", "ceiling": "ceil", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "frac": "div", "binom": "binomial", "choose": "binomial", "lg": "log10", "sgn": "sign",
}  # fmt: skip
_MINUS_ONE = (Number(Fraction(-1)), Apply("neg", (Number(Fraction(1)),)))


class CallReader(TokenCursor, ABC):
    """Reads what follows a function token."""

    bars = 0

    @abstractmethod
    def sum(self) -> Tree:
        """Read a sum."""

    @abstractmethod
    def signed(self) -> Tree:
        """Read a power with signs before it."""

    @abstractmethod
    def power(self) -> Tree:
        """Read a power."""

    @abstractmethod
    def starts_factor(self) -> bool:
        """Whether a factor without a sign for the product stands next."""

    def call(self, token: Token) -> Tree:
        """Read the arguments of the function `token`, which was taken."""
        name = token.text
        word = _SAME_FUNCTION.get(name, name)
        if name in ("frac", "binom"):
            return Apply(word, (self._braced(token), self._braced(token)))
        if name in ("lfloor", "lceil"):
            inner = self.sum()
            self.expect("r" + name[1:], token)
            return Apply(name[1:], (inner,))
        if name.startswith("log_"):
            return Apply("log", (*self.arguments(token), _base(name[4:])))
        if name == "fourth":
            return Apply("root", (*self.arguments(token), Number(Fraction(4))))
        if word == "sqrt" and self.token.text == "[":
            return self._root(token)
        return self._powered(token, word) if self.token.text == "^" else self._applied(token, word)

    def _applied(self, token: Token, word: str) -> Tree:
        return Apply(word, self.arguments(token))

    def _powered(self, token: Token, word: str) -> Tree:
        """sin^2(x) is (sin(x))^2, and sin^-1(x) is asin(x)."""
        self.take()
        exponent = self._exponent()
        if exponent in _MINUS_ONE and word in _INVERSES:
            return self._applied(token, _INVERSES[word])
        return Apply("pow", (self._applied(token, word), exponent))

    def _exponent(self) -> Tree:
        negative = self.accept("-")
        token = self.take()
        if token.kind == "number":
            number = Number(Fraction(token.text))
        elif token.kind == "name":
            return Apply("neg", (Name(token.text),)) if negative else Name(token.text)
        elif token.text in ("(", "{"):
            return self.group(token)
        else:
            raise ToolError(f"{at(token)}: expected the power of a function, as in sin^2(x).")
        return Number(-number.value) if negative else number

    def group(self, opened: Token) -> Tree:
        """Read up to the bracket that closes `opened`, which was taken."""
        bars, self.bars = self.bars, int(opened.text == "|")
        inner = self.sum()
        self.bars = bars
        self.expect(CLOSES[opened.text], opened)
        return Apply("abs", (inner,)) if opened.text == "|" else inner

    def _braced(self, token: Token) -> Tree:
        if self.token.text != "{":
            raise ToolError(f"{at(token)} needs two arguments in braces, as in \\frac{{1}}{{2}}.")
        return self.group(self.take())

    def _root(self, token: Token) -> Tree:
        degree = self.group(self.take())
        return Apply("root", (*self.arguments(token), degree))

    def arguments(self, token: Token) -> tuple[Tree, ...]:
        """Read the arguments in brackets, or the one that stands without."""
        opened = self.token
        if not self.accept("(", "{"):
            return (self._bare_argument(token),)
        bars, self.bars = self.bars, 0
        arguments = [self.sum()]
        while self.accept(","):
            arguments.append(self.sum())
        self.bars = bars
        self.expect(CLOSES[opened.text], opened)
        return tuple(arguments)

    def _bare_argument(self, token: Token) -> Tree:
        """The argument in `sin 2x` and `√2`: numbers and names, and nothing that could belong."""
        first = self.token
        if first.kind not in ("number", "name"):
            raise ToolError(f"{at(token)} needs its argument in brackets, as in {token.text}(2).")
        factors = [self.power()]
        is_root = token.text in ("sqrt", "cbrt", "fourth", "root")
        if not is_root and isinstance(factors[0], Number):
            while self.token.kind == "name":
                factors.append(self.power())
        if self.starts_factor() and (is_root or self.token.kind != "function"):
            raise ToolError(f"{at(token)}: it is not clear where its argument ends. Use brackets.")
        return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


def _base(text: str) -> Tree:
    return Number(Fraction(text)) if text.isdecimal() else Name(text)
