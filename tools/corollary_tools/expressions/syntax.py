"""The grammar of expressions: text -> a small tree, with every bound checked on the way.

    relation  = sum (("=" | "<" | "<=" | ">" | ">=" | "!=") sum)?
    sum       = product (("+" | "-") product)*
    product   = signed (("*" | "/" | "//" | "mod" | "of" | nothing) signed)*     3x, 2(x+1), 1/2 x
    signed    = ("-" | "+") signed | power
    power     = postfix ("^" signed)?                                            right to left
    postfix   = atom ("!" | "%" | "°")*
    atom      = number | name | "(" sum ")" | "|" sum "|" | call        (calls: `expressions.calls`)

Multiplication without a sign binds as the one with a sign: 1/2x is (1/2)*x. A percent sign that an
operand follows is the remainder, as in Python. Nothing is computed here and no solver is imported.
"""

from __future__ import annotations

import difflib
import unicodedata
from fractions import Fraction
from functools import lru_cache

from corollary_tools.errors import ToolError
from corollary_tools.expressions.calls import CLOSES, CallReader
from corollary_tools.expressions.tree import Apply, Name, Number, Relation, Tree
from corollary_tools.notation import FUNCTIONS, Token, tokenise
from corollary_tools.token_cursor import at, end

DEEPEST = 50  # nested brackets, signs and powers
LARGEST_SCALE = 400  # decimal exponent of a number in scientific notation
RELATIONS = frozenset(("=", "<", "<=", ">", ">=", "!="))
_SOME_FUNCTIONS = (
    "Known are sqrt, log, exp, sin, cos, tan, abs, floor, ceil, round, min, max and more."
)
_SIGNS = frozenset("+-")
_ENDS = frozenset(("+", "-", ")", "the end"))  # what a product ends before
_OPENS = frozenset(("(", "[", "{"))
_REMAINDERS = {"//": "quotient", "mod": "mod", "%": "mod"}
_POSTFIXES = {"!": "factorial", "%": "percent", "°": "degrees"}
_OPERANDS = frozenset(("number", "name", "function", "fraction", "repeating"))
_COUNTS = {"C": "binomial", "P": "perm", "nCr": "binomial", "nPr": "perm", "comb": "binomial"}


def parse_tree(text: str) -> Tree:
    """Read one expression. ToolError with the position and what was expected there."""
    sides, signs = _sides(text)
    if signs:
        raise ToolError(f"{at(signs[0])} is a relation; an expression is wanted, one side only.")
    return sides[0]


def parse_relation(text: str) -> Tree | Relation:
    """Read an expression, or two with a relation sign between them. ToolError as `parse_tree`."""
    sides, signs = _sides(text)
    if len(signs) > 1:
        raise ToolError(f"{at(signs[1])} is a second relation sign. Send one relation.")
    return Relation(signs[0].text, *sides) if signs else sides[0]


def parse_chain(text: str) -> tuple[Relation, ...]:
    """Read relations such as `x + 1 = 3` or `1 < x <= 5`; an expression alone counts as `= 0`."""
    sides, signs = _sides(text)
    if not signs:
        return (Relation("=", sides[0], Number(Fraction(0))),)
    rows = zip(signs, sides[:-1], sides[1:], strict=True)
    return tuple(Relation(sign.text, left, right) for sign, left, right in rows)


def _sides(text: str) -> tuple[list[Tree], list[Token]]:
    """The expressions of a text and the relation signs between them."""
    parser = _Parser(tokenise(text))
    sides, signs = [parser.sum()], []
    while parser.token.text in RELATIONS:
        signs.append(parser.take())
        sides.append(parser.sum())
    parser.expect_end()
    return sides, signs


class _Parser(CallReader):
    """Recursive descent over the tokens, with a count of how deep it stands."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.depth = 0

    def sum(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ToolError(f"More than {DEEPEST} levels of brackets. Send smaller parts.")
        first = self.product()
        if self.token.text in _SIGNS:
            terms = [first]
            while self.token.text in _SIGNS:
                negative = self.take().text == "-"
                term = self.product()
                terms.append(Apply("neg", (term,)) if negative else term)
            first = Apply("add", tuple(terms))
        self.depth -= 1
        return first

    def product(self) -> Tree:
        first = self.signed() if self.token.text in _SIGNS else self.power()
        if self.token.text in _ENDS:
            return first
        factors, remainders = [first], 0
        while True:
            kind, text, _ = self.token
            if kind == "op":
                if text == "*":
                    self.take()
                    factors.append(self.signed() if self.token.text in _SIGNS else self.power())
                elif text == "/":
                    self.take()
                    factors.append(Apply("inverse", (self.signed(),)))
                elif text in _REMAINDERS:
                    remainders += 1
                    if remainders > DEEPEST:
                        raise ToolError(
                            f"{at(self.token)}: more than {DEEPEST} remainders of remainders."
                            " Send smaller parts."
                        )
                    self.take()
                    factors = [Apply(_REMAINDERS[text], (_product(factors), self.signed()))]
                elif text in _OPENS or (text == "|" and not self.bars):
                    factors.append(self.power())
                else:
                    return _product(factors)
            elif self.starts_factor():
                factors.append(self.power())
            else:
                return _product(factors)

    def starts_factor(self) -> bool:
        token = self.token
        if token.kind == "number":
            before = self.tokens[self.index - 1].kind
            if before in ("number", "fraction", "repeating"):
                raise ToolError(f"{at(token)}: two numbers without an operator between them.")
            if before == "name":
                raise ToolError(f"{at(token)}: a number after a name. Write * or ^ between them.")
        opens = token.text in _OPENS or (token.text == "|" and not self.bars)
        return token.kind in _OPERANDS or (token.kind == "op" and opens)

    def signed(self) -> Tree:
        if self.token.text not in _SIGNS:
            return self.power()
        negative = False
        while self.token.text in _SIGNS:
            negative ^= self.take().text == "-"
        operand = self.power()
        return Apply("neg", (operand,)) if negative else operand

    def power(self) -> Tree:
        token = self.token
        self.index += 1
        self.token = self.tokens[self.index]
        if token.kind == "number":
            base = self._number(token)
        elif token.kind == "name":
            base = self._name(token)
        else:
            base = self._atom(token)
        after = self.token.text
        if after in _POSTFIXES:
            base = self._postfix(base)
            after = self.token.text
        if after != "^":
            return base
        self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise ToolError(f"More than {DEEPEST} levels of powers. Send smaller parts.")
        exponent = self.signed()
        self.depth -= 1
        return Apply("pow", (base, exponent))

    def _postfix(self, tree: Tree) -> Tree:
        signs = 0
        while self.token.text in _POSTFIXES and not self._at_remainder():
            token = self.take()
            signs += 1
            if signs > DEEPEST:
                raise ToolError(f"{at(token)}: more than {DEEPEST} signs in a row.")
            if token.text == self.token.text == "!":
                raise ToolError(f"{at(token)}: !! has two meanings. Write (n!)! or a product.")
            tree = Apply(_POSTFIXES[token.text], (tree,))
        return tree

    def _at_remainder(self) -> bool:
        if self.token.text != "%":
            return False
        after = self.tokens[self.index + 1]
        return after.kind in _OPERANDS or after.text == "("

    def _atom(self, token: Token) -> Tree:
        if token.kind == "function":
            return self.call(token)
        if token.kind == "fraction":
            return Number(_vulgar(token.text))
        if token.kind == "repeating":
            return Number(_repeating(token.text))
        if token.kind == "op" and token.text in CLOSES:
            return self.group(token)
        if token.text == "mod" and self.token.text == "(":
            return self.call(token)
        self.back()
        raise ToolError(self.unexpected("expected a number, a name or a bracket"))

    def _number(self, token: Token) -> Tree:
        if self.token.kind == "op" or self.token.kind == "end":
            if token.text.isdecimal():
                return _whole(token.text)
            if token.text[-1] == "." and self.token.text == "(":
                raise ToolError(f"{at(token)}: write 0.\\overline{{3}} or 1/3 for what repeats.")
            return _exact(token)
        if self.token.kind == "fraction":
            return Number(_exact(token).value + _vulgar(self.take().text))
        if self.token.text == "frac" and token.text.isdecimal():
            return self._with_fraction(token)
        following = self.tokens[self.index : self.index + 3]
        if [t.kind for t in following] == ["number", "op", "number"] and following[1].text == "/":
            return self._mixed(token, following)
        return _exact(token)

    def _with_fraction(self, token: Token) -> Tree:
        r"""3\frac{1}{2} is 3 and a half; with anything but a proper fraction it is a product."""
        fraction = self.call(self.take())
        whole = _exact(token).value
        match fraction:
            case Apply("div", (Number(above), Number(below))) if 0 < above < below:
                return Number(whole + above / below)
        return Apply("mul", (Number(whole), fraction))

    def _mixed(self, token: Token, following: list[Token]) -> Tree:
        """A mixed number, such as 1 1/2."""
        above, below = _exact(following[0]).value, _exact(following[2]).value
        part = above / below if below else Fraction(0)
        if not all(t.text.isdigit() for t in (token, following[0], following[2])) or part >= 1:
            raise ToolError(f"{at(following[0])}: two numbers without an operator between them.")
        for _ in following:
            self.take()
        return Number(_exact(token).value + part)

    def _name(self, token: Token) -> Tree:
        if self.token.text == "(" and self.token.start == end(token):
            if token.text in _COUNTS and self._has_comma():
                return Apply(_COUNTS[token.text], self.arguments(token))
            if len(token.text) > 2:
                near = difflib.get_close_matches(token.text.lower(), FUNCTIONS, n=1)
                hint = f"Did you mean {near[0]}?" if near else _SOME_FUNCTIONS
                raise ToolError(f"{at(token)} is no known function. {hint}")
        return _name(token.text)

    def _has_comma(self) -> bool:
        """Whether the bracket that opens next holds a comma of its own: C(5, 2)."""
        depth = 0
        for token in self.tokens[self.index :]:
            depth += (token.text in _OPENS) - (token.text in (")", "]", "}"))
            if depth == 1 and token.text == ",":
                return True
            if depth == 0:
                return False
        return False


def _product(factors: list[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


@lru_cache(maxsize=1024)
def _name(text: str) -> Name:
    return Name(text)


def _exact(token: Token) -> Number:
    if token.text.isdecimal():
        return _whole(token.text)
    mantissa, _, scale = token.text.lower().partition("e")
    if scale and abs(int(scale)) > LARGEST_SCALE:
        raise ToolError(f"{at(token)} is too large or too small to work with.")
    value = Fraction(mantissa.rstrip(".") or "0")
    return Number(value * Fraction(10) ** int(scale) if scale else value)


@lru_cache(maxsize=1024)
def _whole(text: str) -> Number:
    return Number(Fraction(int(text)))


def _repeating(text: str) -> Fraction:
    r"""0.1\overline{6}: the digits under the bar repeat for ever."""
    digits, _, rest = text.partition("\\")
    repeated = rest.partition("{")[2].rstrip("}")
    places = len(digits.partition(".")[2])
    tail = Fraction(int(repeated), (10 ** len(repeated) - 1) * 10**places)
    return Fraction(digits.rstrip(".") or "0") + tail


def _vulgar(character: str) -> Fraction:
    return Fraction(unicodedata.numeric(character)).limit_denominator(10)
