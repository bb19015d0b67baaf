"""Reading formulas: a precedence parser over tokens, without backtracking or evaluation.

Accepts what people and models write (unicode, ASCII, LaTeX, Python-like, `ForAll([x], ...)`,
Logic-LM's `Cold($x, True)`), and gives one normal form. A quantifier with a dot or colon reaches
as far right as it can; without one it takes the next unit only (`∀x (...)`), unless its variable
is used after that. Raises ToolError with the position, what was expected and what to send.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from corollary_tools.errors import ToolError
from corollary_tools.formula_counting import FLIPPED, LARGEST, Counted, all_different, compare_count
from corollary_tools.formula_cursor import CLOSING, QUANTIFIERS
from corollary_tools.formula_names import Names
from corollary_tools.formula_scopes import Head
from corollary_tools.formula_text import ADD, COMPARE, MINUS, MULTIPLY, POWER
from corollary_tools.formula_tokens import Token
from corollary_tools.formula_tree import (
    TERMS,
    Apply,
    Arithmetic,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Term,
    Truth,
    Variable,
    Xor,
    conjunction,
    disjunction,
    extent,
    quantified,
)

MAX_DEPTH = 60
MAX_NODES = 1_000
MAX_DIFFERENT = 40
MAX_DIGITS = 40
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_MEMBERSHIP = ("in", "not in")
_BINDING = {
    **{symbol: power for symbol, power in POWER.items() if symbol != "~"},
    **dict.fromkeys((*_COMPARISONS, *_MEMBERSHIP), COMPARE),
    **dict.fromkeys("+-", ADD),
    **dict.fromkeys("*/%", MULTIPLY),
    "^": MINUS,
}
_CONNECTIVES: dict[str, type[Implies] | type[Iff] | type[Xor]] = {
    "->": Implies,
    "<->": Iff,
    "xor": Xor,
}
Read = Node | Counted
_DIFFERENT = ("alldifferent", "alldifferentconstraint", "distinct")


def parse_formula(text: str) -> Formula:
    """Read one formula in any of the accepted notations.

    Commas between formulas at the top mean `&`. Raises ToolError: bad text, more than 60 levels or
    1000 parts, a variable that no quantifier binds.
    """
    return _Parser(text).whole()


class _Parser(Names):
    """One reading of one text."""

    level = 0

    def whole(self) -> Formula:
        parts = [self.formula(self.expression(0))]
        while self.skip(","):
            parts.append(self.formula(self.expression(0)))
        if self.kind != "end":
            raise self.unexpected("the end of the formula or one of & | xor -> <->")
        self.check_bound()
        formula = conjunction(parts)
        if self.open_variables:
            formula = quantified(ForAll, tuple(self.open_variables.values()), formula)
        self.check_size(formula)
        return formula

    def check_size(self, node: Read) -> None:
        """Raise ToolError for a tree that is too large; nothing recurses over one before this."""
        below = node.body if isinstance(node, Counted) else node
        nodes, levels = extent(below, MAX_NODES)
        if nodes > MAX_NODES:
            raise ToolError(f"The formula has more than {MAX_NODES} parts. Send it in parts.")
        if levels > MAX_DEPTH:
            raise _too_deep()

    # -- expressions --------------------------------------------------------------------------

    def expression(self, power: int) -> Read:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise _too_deep()
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
        return _CONNECTIVES[symbol](before, after)

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
        """`a in [b, c]` is `a == b | a == c`."""
        negated = self.kind == "not in"
        self.at += 1
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

    def connective(self, symbol: str) -> Formula:
        """`And(a, b)`, `Or([a, b])`, `Implies(a, b)`, `Xor(a, b)`, `Iff(a, b)`."""
        self.at += 1
        parts = [self.formula(part) for part in self.listed()]
        if symbol in ("&", "|"):
            return conjunction(parts) if symbol == "&" else disjunction(parts)
        if len(parts) != 2:
            raise self.fault(f"{symbol} takes two formulas in its brackets")
        return _CONNECTIVES[symbol](parts[0], parts[1])

    def listed(self) -> list[Read]:
        """Expressions in round brackets, with or without square ones inside."""
        square = self.kind_at(self.at + 1) == "["
        if square and self.closers[self.at + 1] + 1 == self.closers.get(self.at):
            self.at += 1
            parts = self.bracketed("[")
            self.take(")")
            return parts
        return self.bracketed("(")

    def bracketed(self, opening: str) -> list[Read]:
        """One or more expressions with commas between them, in brackets."""
        self.take(opening)
        parts = [self.expression(0)]
        while self.skip(","):
            parts.append(self.expression(0))
        self.take(CLOSING[opening])
        return parts

    # -- names and calls ----------------------------------------------------------------------

    def named(self) -> Read:
        token = self.tokens[self.at]
        name = self.take_name()
        return self.call(name.text, token) if self.kind == "(" else name

    def call(self, head: str, token: Token) -> Read:
        lowered = head.lower()
        if lowered in _DIFFERENT:
            return self.different()
        if lowered == "if":
            return self.choice()
        if lowered == "count" and self.opens_head():
            variables, guard, body = self.over_variables()
            return Counted(variables, conjunction([guard, self.formula(body)]))
        outside, self.inside_call = self.inside_call, lowered != "abs"
        parts = self.listed()
        self.inside_call = outside
        return self.applied(head, parts, token)

    def applied(self, head: str, parts: list[Read], token: Token) -> Node:
        """A call with its arguments; `Cold(x, False)` is `~Cold(x)`."""
        last = parts[-1]
        if isinstance(last, Truth) and len(parts) > 1:
            atom = Atom(head, self.arguments(parts[:-1], token))
            return atom if last.value else Not(atom)
        if head.lower() == "abs":
            return Apply("abs", tuple(self.term(part) for part in parts))
        return Apply(head, self.arguments(parts, token))

    def arguments(self, parts: list[Read], token: Token) -> tuple[Term, ...]:
        terms = tuple(self.term(part) for part in parts)
        self.note_arguments(terms, token)
        return terms

    def different(self) -> Formula:
        """`Distinct(a, b, c)`, and `Distinct([x:cats], owner(x))` for no two cats the same."""
        if self.opens_head():
            variables, guard, term = self.over_variables()
            return all_different(variables, guard, self.term(term), self.fresh)
        terms = [self.term(part) for part in self.listed()]
        if len(terms) > MAX_DIFFERENT:
            raise self.fault(f"more than {MAX_DIFFERENT} names that must differ")
        return conjunction([Comparison("!=", a, b) for a, b in combinations(terms, 2)])

    def opens_head(self) -> bool:
        """Whether `([x:sort], ...` is next."""
        inner = self.at + 1
        return self.kind_at(inner) == "[" and self.kind_at(self.closers[inner] + 1) == ","

    def over_variables(self) -> tuple[tuple[str, ...], Formula, Read]:
        """Read `([x:sort], body)`: the variables, what the sorts say of them, and the body."""
        head = self.call_head(self.at)
        self.at = head.body
        scope = self.scope(head.names)
        body = self.within(scope, 0)
        self.take(")")
        self.check_size(body)
        return tuple(scope.values()), conjunction(_guards(head, scope)), body

    def choice(self) -> Formula:
        """`If(a, b, c)` is `(a -> b) & (~a -> c)`; `If(a, b)` is `a -> b`."""
        parts = [self.formula(part) for part in self.listed()]
        if len(parts) not in (2, 3):
            raise self.fault("If takes two or three formulas in its brackets")
        rules: list[Formula] = [Implies(parts[0], parts[1])]
        rules += [Implies(Not(parts[0]), part) for part in parts[2:]]
        return conjunction(rules)

    # -- quantifiers --------------------------------------------------------------------------

    def quantifier(self) -> Formula:
        kind = ForAll if self.kind == QUANTIFIERS[0] else Exists
        head = self.head(self.at)
        self.at = head.body
        tight = head.reach == "unit" and not self.used_after(head.names, head.body)
        scope = self.scope(head.names)
        body = self.formula(self.within(scope, POWER["~"] if tight else 0))
        if head.reach == "call":
            self.take(")")
        for guard in reversed(_guards(head, scope)):
            body = Implies(guard, body) if kind is ForAll else conjunction([guard, body])
        return quantified(kind, tuple(scope.values()), body)

    def within(self, scope: dict[str, str], power: int) -> Read:
        self.scopes.append(scope)
        body = self.expression(power)
        self.scopes.pop()
        return body

    # -- formula or term ----------------------------------------------------------------------

    def formula(self, node: Read) -> Formula:
        """The node as a formula: a bare word is a proposition, a call is an atom."""
        match node:
            case Counted():
                raise self.fault("Count(...) must be compared with a number")
            case Name(text):
                return Atom(text)
            case Apply(function, arguments) if function != "abs":
                return Atom(function, arguments)
            case Negative(Name() | Apply() as below):
                return Not(self.formula(below))
            case Name() | Variable() | Number() | Apply() | Negative() | Arithmetic():
                raise self.fault("a thing or number is no formula. Send one such as a == 1")
        return node

    def term(self, node: Read) -> Term:
        """The node as a term. Raises ToolError where it is a formula."""
        if isinstance(node, TERMS):
            return node
        raise self.fault("a formula stands where a name or a number must")


def _guards(head: Head, scope: dict[str, str]) -> list[Formula]:
    """What the sorts of a head say: `ForAll([s:songs], p)` speaks of songs only."""
    return [Atom(sort, (Variable(scope[name.lstrip("$?")]),)) for name, sort in head.sorts]


def _negative(term: Term) -> Term:
    return Number(-term.value) if isinstance(term, Number) else Negative(term)


def _too_deep() -> ToolError:
    return ToolError(f"The formula is nested deeper than {MAX_DEPTH}. Send it in parts.")
