"""Relations over the real numbers as z3 facts: polynomials, quotients, roots, absolute values.

Guarantees that a relation counts as true only where both sides are defined, that the effort is
limited by count, and that a model is given only where z3 has one. What is not algebraic (sin, log,
pi, an unknown exponent) is not translated: NotAlgebraic. Does not read text.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import z3

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.tree import Apply, Name, Number, Relation, Tree
from corollary_tools.relations import COMPARE

EFFORT = 4_000_000  # z3's resource units for one check
MILLISECONDS = 3_000
LARGEST_EXPONENT = 12
_CONSTANTS = ("pi", "e")

Satisfiable = Literal["sat", "unsat", "unknown"]
Row = tuple[Relation, ...]


class NotAlgebraic(ToolError):
    """Something in the relations is not algebraic; another method has to be used."""


class RealRelations:
    """Translates relations into one z3 context and asks about them."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.unknowns: dict[str, Any] = {}
        self._roots: list[Any] = []  # what the fresh names of roots stand for
        self._defined: list[Any] = []

    def relation(self, relation: Relation) -> tuple[Any, Any]:
        """(it holds, both sides are defined), as z3 truth values."""
        self._defined = []
        left, right = self._term(relation.left), self._term(relation.right)
        return COMPARE[relation.operator](left, right), self.all_of(self._defined)

    def row(self, row: Row) -> Any:
        """All relations of a row hold, and are defined."""
        return self.all_of([fact for relation in row for fact in self.relation(relation)])

    def rows(self, rows: Sequence[Row]) -> Any:
        """One of the rows holds."""
        facts = [self.row(row) for row in rows]
        return facts[0] if len(facts) == 1 else z3.Or(facts, self.context)

    def check(self, *facts: Any) -> tuple[Satisfiable, dict[str, Any]]:
        """Whether the facts can hold together, and for `sat` the values of the unknowns."""
        solver = z3.Solver(ctx=self.context)
        solver.set("timeout", MILLISECONDS, "rlimit", EFFORT, "random_seed", 0)
        solver.add(*self._roots, *facts)
        verdict = str(solver.check())
        if verdict != "sat":
            return ("unsat" if verdict == "unsat" else "unknown"), {}
        model = solver.model()
        values = {n: model.eval(u, model_completion=True) for n, u in self.unknowns.items()}
        return "sat", values

    def negation(self, fact: Any) -> Any:
        """The fact does not hold."""
        return z3.Not(fact)

    def all_of(self, facts: list[Any]) -> Any:
        """All of the facts hold."""
        return facts[0] if len(facts) == 1 else z3.And([z3.BoolVal(True, self.context), *facts])

    def _term(self, tree: Tree) -> Any:
        if isinstance(tree, Name):
            return self._unknown(tree.name)
        value = evaluate(tree) if not _has_name(tree) else None
        if value is not None:
            return self.number(value)
        assert isinstance(tree, Apply)
        if tree.function == "pow":
            return self._power(tree.arguments[0], evaluate(tree.arguments[1]))
        if tree.function not in _TERMS:
            raise NotAlgebraic(f"{tree.function} is not algebraic.")
        return getattr(self, _TERMS[tree.function])(*map(self._term, tree.arguments))

    def _unknown(self, name: str) -> Any:
        if name in _CONSTANTS:
            raise NotAlgebraic(f"{name} is not algebraic.")
        return self.unknowns.setdefault(name, z3.Real(name, self.context))

    def number(self, value: Fraction) -> Any:
        """The number as a z3 real."""
        return z3.RealVal(f"{value.numerator}/{value.denominator}", self.context)

    def _sum(self, *terms: Any) -> Any:
        return sum(terms[1:], terms[0])

    def _product(self, *factors: Any) -> Any:
        product = factors[0]
        for factor in factors[1:]:
            product = product * factor
        return product

    def _negative(self, term: Any) -> Any:
        return -term

    def _inverse(self, term: Any) -> Any:
        self._defined.append(term != 0)
        return self.number(Fraction(1)) / term

    def _quotient(self, above: Any, below: Any) -> Any:
        self._defined.append(below != 0)
        return above / below

    def _percent(self, term: Any) -> Any:
        return term / self.number(Fraction(100))

    def _absolute(self, term: Any) -> Any:
        return z3.If(term >= 0, term, -term)

    def _least(self, *terms: Any) -> Any:
        least = terms[0]
        for term in terms[1:]:
            least = z3.If(term < least, term, least)
        return least

    def _greatest(self, *terms: Any) -> Any:
        return -self._least(*(-term for term in terms))

    def _power(self, base: Tree, exponent: Fraction | None) -> Any:
        if exponent is None or abs(exponent.numerator) > LARGEST_EXPONENT:
            raise NotAlgebraic("The exponent is too large or has an unknown.")
        term = self._root(self._term(base), exponent.denominator)
        if exponent.numerator == 0:
            self._defined.append(term != 0)
            return self.number(Fraction(1))
        power = self._product(*[term] * abs(exponent.numerator))
        return power if exponent > 0 else self._inverse(power)

    def _square_root(self, term: Any) -> Any:
        return self._root(term, 2)

    def _cube_root(self, term: Any) -> Any:
        return self._root(term, 3)

    def _root(self, term: Any, degree: int) -> Any:
        """A fresh name for the real root, defined where there is one."""
        if degree == 1:
            return term
        if degree > LARGEST_EXPONENT:
            raise NotAlgebraic("The degree of a root is too large.")
        root = z3.FreshReal("root", self.context)
        power = self._product(*[root] * degree)
        if degree % 2:
            self._roots.append(power == term)
            return root
        self._defined.append(term >= 0)
        self._roots.append(z3.Implies(term >= 0, z3.And(root >= 0, power == term)))
        return root


_TERMS = {
    "add": "_sum", "mul": "_product", "neg": "_negative", "inverse": "_inverse",
    "div": "_quotient", "percent": "_percent", "abs": "_absolute", "min": "_least",
    "max": "_greatest", "sqrt": "_square_root", "cbrt": "_cube_root",
}  # fmt: skip


def _has_name(tree: Tree) -> bool:
    if isinstance(tree, Apply):
        return any(map(_has_name, tree.arguments))
    return not isinstance(tree, Number)


def relations_equivalent(known: Sequence[Row], given: Sequence[Row]) -> bool | None:
    """Whether two disjunctions of rows hold for the same real numbers; None where undecided."""
    reals = RealRelations()
    one, other = reals.rows(known), reals.rows(given)
    verdicts = [
        reals.check(one, reals.negation(other))[0],
        reals.check(other, reals.negation(one))[0],
    ]
    if "sat" in verdicts:
        return False
    return True if verdicts == ["unsat", "unsat"] else None
