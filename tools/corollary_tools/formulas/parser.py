"""Reading formulas: a precedence parser over tokens, without backtracking or evaluation.

Accepts what people and models write (unicode, ASCII, LaTeX, Python-like, `ForAll([x], ...)`,
Logic-LM's `Cold($x, True)`), and gives one normal form. A quantifier with a dot or colon reaches
as far right as it can; without one it takes the next unit only (`∀x (...)`), unless its variable
is used after that. Raises ToolError with the position, what was expected and what to send.
"""

from __future__ import annotations

from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.formulas.calls import CONNECTIVES, MAX_DEPTH, Calls, Read, too_deep
from corollary_tools.formulas.counting import LARGEST, Counted, compare_count
from corollary_tools.formulas.cursor import CLOSING
from corollary_tools.formulas.text import ADD, COMPARE, MINUS, MULTIPLY, POWER
from corollary_tools.formulas.tree import (
    TERMS,
    Arithmetic,
    Atom,
    Comparison,
    ForAll,
    Formula,
    Iff,
    Implies,
    Negative,
    Not,
    Number,
    Term,
    Truth,
    conjunction,
    disjunction,
    quantified,
)
from corollary_tools.relations import FLIPPED

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_MEMBERSHIP = ("in", "not in")
_BINDING = {
    **{symbol: power for symbol, power in POWER.items() if symbol != "~"},
    "<-": POWER["->"],
    **dict.fromkeys((*_COMPARISONS, *_MEMBERSHIP), COMPARE),
    **dict.fromkeys("+-", ADD),
    **dict.fromkeys("*/%", MULTIPLY),
    "^": MINUS,
}
MAX_DIGITS = 40


def parse_formula(text: str) -> Formula:
    """Read one formula in any of the accepted notations.

    Commas between formulas at the top mean `&`. Raises ToolError: bad text, more than 60 levels or
    1000 parts, a variable that no quantifier binds.
    """
    return _Parser(text).whole()


def parse_term(text: str) -> Term:
    """Read one thing or number, such as `a + 2*b`. Raises ToolError as `parse_formula` does."""
    return _Parser(text).whole_term()


class _Parser(Calls):
    """One reading of one text."""

    level = 0

    def whole(self) -> Formula:
        parts = [self.formula(self.expression(0))]
        backwards = self.kind == "," and self.tokens_before("<-")
        while self.skip(","):
            parts.append(self.formula(self.expression(0)))
        if self.kind != "end":
            raise self.unexpected("the end of the formula or one of & | xor -> <->")
        self.check_bound()
        if backwards:
            raise self.fault('"," after ":-" can mean several things. Send & and brackets')
        formula = conjunction(parts)
        if self.open_variables:
            formula = quantified(ForAll, tuple(self.open_variables.values()), formula)
        self.check_size(formula)
        return formula

    def whole_term(self) -> Term:
        term = self.term(self.expression(0))
        if self.kind != "end":
            raise self.unexpected("the end or one of + - * /")
        self.check_bound()
        self.check_size(term)
        return term

    def tokens_before(self, kind: str) -> bool:
        """Whether a token of the kind stands before the next one."""
        return any(token.kind == kind for token in self.tokens[: self.at])

    # -- expressions --------------------------------------------------------------------------

    def expression(self, power: int) -> Read:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise too_deep()
        left = self.prefix()
        while (binding := _BINDING.get(self.kind, 0)) > power:
            left = self.infix(left, binding)
        self.level -= 1
        return left

    def infix(self, left: Read, binding: int) -> Read:
        symbol = self.kind
        if symbol in ("&", "|"):
            return self.series(symbol, left, binding)
        if symbol in _MEMBERSHIP:
            return self.membership(self.term(left))
        if binding == COMPARE:
            return self.comparison(left)
        if symbol == "^":
            raise self.fault('"^" can mean several things. Send & for and, xor for exclusive or')
        self.at += 1
        if binding > COMPARE:
            return Arithmetic(symbol, self.term(left), self.term(self.expression(binding)))
        before = self.formula(left)
        after = self.formula(self.expression(binding - 1 if symbol == "->" else binding))
        if symbol == "<-":
            return Implies(after, before)
        return CONNECTIVES[symbol](before, after)

    def series(self, symbol: str, left: Read, binding: int) -> Formula:
        parts = [self.formula(left)]
        while self.skip(symbol):
            parts.append(self.formula(self.expression(binding)))
        return conjunction(parts) if symbol == "&" else disjunction(parts)

    def comparison(self, left: Read) -> Formula:
        """One comparison or a chain of them: `1 <= a < b` is `1 <= a & a < b`."""
        parts: list[Formula] = []
        while self.kind in _COMPARISONS:
            symbol = self.take(self.kind).kind
            right = self.expression(COMPARE)
            parts.append(self.compared(symbol, left, right))
            left = right
        return conjunction(parts)

    def membership(self, left: Term) -> Formula:
        """`a in [b, c]` is `a == b | a == c`; `a ∈ b` is `in(a, b)`."""
        negated = self.kind == "not in"
        self.at += 1
        if self.kind != "[":
            head = self.tokens[self.at - 1]._replace(text="in")
            among = self.term(self.expression(COMPARE))
            self.note_arguments((left, among), head)
            within: Formula = Atom("in", (left, among))
            return Not(within) if negated else within
        members = self.bracketed("[")
        within = disjunction([Comparison("==", left, self.term(member)) for member in members])
        return Not(within) if negated else within

    def compared(self, symbol: str, left: Read, right: Read) -> Formula:
        if isinstance(left, Counted):
            return self.counted(left, symbol, right)
        if isinstance(right, Counted):
            return self.counted(right, FLIPPED[symbol], left)
        if isinstance(left, TERMS) and isinstance(right, TERMS):
            return Comparison(symbol, left, right)
        if symbol not in ("==", "!="):
            raise self.fault(f"{symbol} stands between numbers, not formulas")
        same = symbol == "=="
        left, right = (right, left) if isinstance(left, Truth) else (left, right)
        if isinstance(right, Truth):
            return self.formula(left) if right.value == same else Not(self.formula(left))
        both = Iff(self.formula(left), self.formula(right))
        return both if same else Not(both)

    def counted(self, count: Counted, symbol: str, number: Read) -> Formula:
        if isinstance(number, Number) and number.value.denominator == 1:
            value = number.value.numerator
            if 0 <= value <= LARGEST:
                return compare_count(count, symbol, value, self.fresh)
        raise self.fault(f"Count(...) must be compared with a whole number from 0 to {LARGEST}")

    # -- what an expression starts with -------------------------------------------------------

    def prefix(self) -> Read:
        token = self.tokens[self.at]
        match token.kind:
            case "name" if token.text.lower() == "if" and self.kind_at(self.at + 1) != "(":
                return self.conditional()
            case "name":
                return self.named()
            case "number":
                return self.number()
            case "(" | "[":
                return self.group(CLOSING[token.kind])
            case "~":
                self.at += 1
                return Not(self.formula(self.expression(POWER["~"])))
            case "-":
                self.at += 1
                return _negative(self.term(self.expression(MINUS)))
            case "forall" | "exists":
                return self.quantifier()
            case "true" | "false":
                self.at += 1
                return Truth(token.kind == "true")
            case "&" | "|" | "xor" | "->" | "<->" if self.kind_at(self.at + 1) == "(":
                return self.connective(token.kind)
        raise self.unexpected("a name, a bracket, ~ or a quantifier")

    def conditional(self) -> Formula:
        """`if a then b` is `a -> b`."""
        self.at += 1
        condition = self.formula(self.expression(0))
        if self.tokens[self.at].text.lower() != "then":
            raise self.unexpected('"then"')
        self.at += 1
        return Implies(condition, self.formula(self.expression(POWER["->"] - 1)))

    def number(self) -> Number:
        text = self.take("number").text
        if len(text) > MAX_DIGITS:
            raise ToolError(f"The number {text[:20]}... is longer than {MAX_DIGITS} digits.")
        return Number(Fraction(text))

    def group(self, closing: str) -> Read:
        self.at += 1
        inside = self.expression(0)
        self.take(closing)
        return inside


def _negative(term: Term) -> Term:
    return Number(-term.value) if isinstance(term, Number) else Negative(term)
