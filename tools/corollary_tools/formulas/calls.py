"""Calls, quantifiers and lists in a formula, over whatever reads the expressions inside them.

Guarantees trees within the bounds below before anything recurses over them. What a node becomes
depends on its place: a bare word is a proposition or a name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import combinations

from corollary_tools.errors import ToolError
from corollary_tools.formulas.counting import Counted, all_different, compare_count, so_many
from corollary_tools.formulas.cursor import CLOSING, QUANTIFIERS
from corollary_tools.formulas.names import Names
from corollary_tools.formulas.scopes import Head
from corollary_tools.formulas.text import POWER
from corollary_tools.formulas.tokens import Token
from corollary_tools.formulas.tree import (
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
CONNECTIVES: dict[str, type[Implies] | type[Iff] | type[Xor]] = {
    "->": Implies,
    "<->": Iff,
    "xor": Xor,
}
Read = Node | Counted
_SO_MANY = {"atleast": ">=", "atmost": "<=", "exactly": "=="}
_DIFFERENT = ("alldifferent", "alldifferentconstraint", "distinct")


class Calls(Names, ABC):
    """A cursor that reads everything in a formula with brackets or variables of its own."""

    @abstractmethod
    def expression(self, power: int) -> Read:
        """Read an expression whose operators all bind tighter than `power`."""

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
        if lowered in _SO_MANY:
            return self.so_many(_SO_MANY[lowered])
        if lowered == "count" and (self.opens_head() or self.kind_at(self.at + 2) == ","):
            variables, guard, body = self.over_variables()
            told = self.formula(body)
            return Counted(variables, told if guard == Truth(True) else conjunction([guard, told]))
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
        return tuple(scope.values()), conjunction(self.guards(head, scope)), body

    def so_many(self, symbol: str) -> Formula:
        """`AtMost(a, b, c, 1)`, `AtLeast`, `Exactly`: how many of the formulas hold."""
        self.take("(")
        parts: list[Read] = []
        while not parts or self.skip(","):
            parts += self.bracketed("[") if self.kind == "[" else [self.expression(0)]
        self.take(")")
        numbers = [part for part in parts if isinstance(part, Number)]
        others = [self.formula(part) for part in parts if not isinstance(part, Number)]
        if len(numbers) != 1 or not others or numbers[0].value.denominator != 1:
            raise self.fault("Send formulas and one whole number, such as AtMost(a, b, c, 1)")
        counted = so_many(symbol, numbers[0].value.numerator, others)
        if counted is None:
            raise self.fault("too many formulas to count. Send fewer of them")
        return counted

    def choice(self) -> Formula:
        """`If(a, b, c)` is `(a -> b) & (~a -> c)`; `If(a, b)` is `a -> b`."""
        parts = [self.formula(part) for part in self.listed()]
        if len(parts) not in (2, 3):
            raise self.fault("If takes two or three formulas in its brackets")
        rules: list[Formula] = [Implies(parts[0], parts[1])]
        rules += [Implies(Not(parts[0]), part) for part in parts[2:]]
        return conjunction(rules)

    def connective(self, symbol: str) -> Formula:
        """`And(a, b)`, `Or([a, b])`, `Implies(a, b)`, `Xor(a, b)`, `Iff(a, b)`."""
        self.at += 1
        parts = [self.formula(part) for part in self.listed()]
        if symbol in ("&", "|"):
            return conjunction(parts) if symbol == "&" else disjunction(parts)
        if len(parts) != 2:
            raise self.fault(f"{symbol} takes two formulas in its brackets")
        return CONNECTIVES[symbol](parts[0], parts[1])

    # -- quantifiers --------------------------------------------------------------------------

    def quantifier(self) -> Formula:
        kind = ForAll if self.kind == QUANTIFIERS[0] else Exists
        start = self.at
        head = self.head(start)
        self.at = head.body
        tight = head.reach == "unit" and not self.used_after(head.names, head.body)
        scope = self.scope(head.names)
        body = self.formula(self.within(scope, POWER["~"] if tight else 0))
        if head.reach == "call":
            self.take(")")
        if self.tokens[start + 1].text == "!":
            one = Counted(tuple(scope.values()), conjunction([*self.guards(head, scope), body]))
            return compare_count(one, "==", 1, self.fresh)
        for guard in reversed(self.guards(head, scope)):
            body = Implies(guard, body) if kind is ForAll else conjunction([guard, body])
        return quantified(kind, tuple(scope.values()), body)

    def guards(self, head: Head, scope: dict[str, str]) -> list[Formula]:
        """What the sorts of a head say: `ForAll([s:songs], p)` speaks of songs only."""
        return [self.guard(Variable(scope[name.lstrip("$?")]), sort) for name, sort in head.sorts]

    def guard(self, variable: Variable, sort: str | int) -> Formula:
        """That the variable is of the sort: a predicate, or a list whose place is given."""
        if isinstance(sort, str):
            return Atom(sort, (variable,))
        after, self.at = self.at, sort
        members = [self.term(member) for member in self.bracketed("[")]
        self.at = after
        return disjunction([Comparison("==", variable, member) for member in members])

    def within(self, scope: dict[str, str], power: int) -> Read:
        self.scopes.append(scope)
        body = self.expression(power)
        self.scopes.pop()
        return body

    def check_size(self, node: Read) -> None:
        """Raise ToolError for a tree that is too large; nothing recurses over one before this."""
        below = node.body if isinstance(node, Counted) else node
        nodes, levels = extent(below, MAX_NODES)
        if nodes > MAX_NODES:
            raise ToolError(f"The formula has more than {MAX_NODES} parts. Send it in parts.")
        if levels > MAX_DEPTH:
            raise too_deep()


def too_deep() -> ToolError:
    """The error for nesting beyond the bound."""
    return ToolError(f"The formula is nested deeper than {MAX_DEPTH}. Send it in parts.")
