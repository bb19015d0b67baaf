"""The grammar of expressions: text -> a small tree, with every bound checked on the way.

    relation  = sum (("=" | "<" | "<=" | ">" | ">=" | "!=") sum)?
    sum       = product (("+" | "-") product)*
    product   = signed (("*" | "/" | "//" | "mod" | "of" | nothing) signed)*     3x, 2(x+1), 1/2 x
    signed    = ("-" | "+") signed | power
    power     = postfix ("^" signed)?                                            right to left
    postfix   = atom ("!" | "%")*
    atom      = number | name | "(" sum ")" | "|" sum "|" | function "(" sum ("," sum)* ")"

Multiplication without a sign binds as the one with a sign: 1/2x is (1/2)*x. A percent sign that an
operand follows is the remainder, as in Python. Nothing is computed here and no solver is imported.
"""

from __future__ import annotations

import difflib
import unicodedata
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.notation import FUNCTIONS, Token, tokenise
from corollary_tools.syntax_tree import Apply, Name, Number, Relation, Tree
from corollary_tools.token_cursor import TokenCursor, at, end

DEEPEST = 50  # nested brackets, signs and powers
LARGEST_SCALE = 400  # decimal exponent of a number in scientific notation
RELATIONS = frozenset(("=", "<", "<=", ">", ">=", "!="))
_SOME_FUNCTIONS = (
    "Known are sqrt, log, exp, sin, cos, tan, abs, floor, ceil, round, min, max and more."
)
_CLOSES = {"(": ")", "[": "]", "{": "}", "|": "|"}
_SAME_FUNCTION = {
    "ln": "log", "ceiling": "ceil", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "frac": "div", "binom": "binomial",
}  # fmt: skip


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


class _Parser(TokenCursor):
    """Recursive descent over the tokens, with a count of how deep it stands."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.depth = 0
        self.bars = 0

    def sum(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ToolError(f"More than {DEEPEST} levels of brackets. Send smaller parts.")
        terms = [self.product()]
        while self.token.text in ("+", "-") and self.token.kind == "op":
            negative = self.take().text == "-"
            term = self.product()
            terms.append(Apply("neg", (term,)) if negative else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))

    def product(self) -> Tree:
        factors = [self.signed()]
        while True:
            if self.accept("*"):
                factors.append(self.signed())
            elif self.accept("/"):
                factors.append(Apply("inverse", (self.signed(),)))
            elif self.accept("//", "mod", "%"):
                word = "quotient" if self.tokens[self.index - 1].text == "//" else "mod"
                factors = [Apply(word, (_product(factors), self.signed()))]
            elif self._starts_factor():
                factors.append(self.power())
            else:
                return _product(factors)

    def _starts_factor(self) -> bool:
        token, before = self.token, self.tokens[self.index - 1]
        if token.kind == "number" and before.kind in ("number", "fraction"):
            raise ToolError(f"{at(token)}: two numbers without an operator between them.")
        opens = token.text in ("(", "[", "{") or (token.text == "|" and not self.bars)
        return token.kind in ("number", "name", "function") or (token.kind == "op" and opens)

    def signed(self) -> Tree:
        negative = False
        while self.token.kind == "op" and self.token.text in ("+", "-"):
            negative ^= self.take().text == "-"
        operand = self.power()
        return Apply("neg", (operand,)) if negative else operand

    def power(self) -> Tree:
        base = self.postfix()
        if not self.accept("^"):
            return base
        self.depth += 1
        if self.depth > DEEPEST:
            raise ToolError(f"More than {DEEPEST} levels of powers. Send smaller parts.")
        exponent = self.signed()
        self.depth -= 1
        return Apply("pow", (base, exponent))

    def postfix(self) -> Tree:
        tree = self.atom()
        while not self._at_remainder() and self.accept("!", "%"):
            word = "factorial" if self.tokens[self.index - 1].text == "!" else "percent"
            tree = Apply(word, (tree,))
        return tree

    def _at_remainder(self) -> bool:
        if self.token.text != "%":
            return False
        after = self.tokens[self.index + 1]
        return after.kind in ("number", "name", "function", "fraction") or after.text == "("

    def atom(self) -> Tree:
        token = self.take()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "fraction":
            return Number(_vulgar(token.text))
        if token.kind == "name":
            return self._name(token)
        if token.kind == "function":
            return self._call(token)
        if token.kind == "op" and token.text in _CLOSES:
            return self._group(token)
        if token.text == "mod" and self.token.text == "(":
            return self._call(token)
        self.index -= 1
        raise ToolError(self.unexpected("expected a number, a name or a bracket"))

    def _number(self, token: Token) -> Tree:
        value = _exact(token)
        if self.token.kind == "fraction":
            return Number(value + _vulgar(self.take().text))
        following = self.tokens[self.index : self.index + 3]
        if [t.kind for t in following] == ["number", "op", "number"] and following[1].text == "/":
            return self._mixed(token, following)
        return Number(value)

    def _mixed(self, token: Token, following: list[Token]) -> Tree:
        """A mixed number, such as 1 1/2."""
        part = (
            Fraction(0) if not _exact(following[2]) else _exact(following[0]) / _exact(following[2])
        )
        if not all(t.text.isdigit() for t in (token, following[0], following[2])) or part >= 1:
            raise ToolError(f"{at(following[0])}: two numbers without an operator between them.")
        self.index += 3
        return Number(_exact(token) + part)

    def _name(self, token: Token) -> Tree:
        if self.token.text == "(" and len(token.text) > 2 and self.token.start == end(token):
            near = difflib.get_close_matches(token.text.lower(), FUNCTIONS, n=1)
            hint = f"Did you mean {near[0]}?" if near else _SOME_FUNCTIONS
            raise ToolError(f"{at(token)} is no known function. {hint}")
        return Name(token.text)

    def _group(self, opened: Token) -> Tree:
        bars, self.bars = self.bars, int(opened.text == "|")
        inner = self.sum()
        self.bars = bars
        self.expect(_CLOSES[opened.text], opened)
        return Apply("abs", (inner,)) if opened.text == "|" else inner

    def _call(self, token: Token) -> Tree:
        if token.text in ("frac", "binom"):
            return Apply(_SAME_FUNCTION[token.text], (self._braced(token), self._braced(token)))
        if token.text in ("lfloor", "lceil"):
            inner = self.sum()
            self.expect("r" + token.text[1:], token)
            return Apply(token.text[1:], (inner,))
        if token.text.startswith("log_"):
            return Apply("log", (*self._arguments(token), Number(Fraction(token.text[4:]))))
        word = _SAME_FUNCTION.get(token.text, token.text)
        if word == "sqrt" and self.token.text == "[":
            return self._root(token)
        if self.accept("^"):
            exponent = self.atom()
            return Apply("pow", (Apply(word, self._arguments(token)), exponent))
        return Apply(word, self._arguments(token))

    def _braced(self, token: Token) -> Tree:
        if self.token.text != "{":
            raise ToolError(f"{at(token)} needs two arguments in braces, as in \\frac{{1}}{{2}}.")
        return self._group(self.take())

    def _root(self, token: Token) -> Tree:
        degree = self._group(self.take())
        return Apply("root", (*self._arguments(token), degree))

    def _arguments(self, token: Token) -> tuple[Tree, ...]:
        opened = self.token
        if not self.accept("(", "{"):
            return (self._bare_argument(token),)
        bars, self.bars = self.bars, 0
        arguments = [self.sum()]
        while self.accept(","):
            arguments.append(self.sum())
        self.bars = bars
        self.expect(_CLOSES[opened.text], opened)
        return tuple(arguments)

    def _bare_argument(self, token: Token) -> Tree:
        """The argument in `sin x` and `√2`: one number or name, and nothing that could belong."""
        if self.token.kind not in ("number", "name"):
            raise ToolError(f"{at(token)} needs its argument in brackets, as in {token.text}(2).")
        argument = self.power()
        if self._starts_factor():
            raise ToolError(f"{at(token)}: it is not clear where its argument ends. Use brackets.")
        return argument


def _product(factors: list[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


def _exact(token: Token) -> Fraction:
    mantissa, _, scale = token.text.lower().partition("e")
    if scale and abs(int(scale)) > LARGEST_SCALE:
        raise ToolError(f"{at(token)} is too large or too small to work with.")
    return Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(scale or 0)


def _vulgar(character: str) -> Fraction:
    return Fraction(unicodedata.numeric(character)).limit_denominator(10)
