"""Formulas as z3 expressions, in a context of their own.

Things are one uninterpreted sort (open world: there may be things without a name). Where things
are compared, different names denote different things (unique names), but for a name that a premise
says to be another name of something. Numbers are whole unless a division or a decimal makes them
real. Declared variables take their declared values only; words stand for their place in the
declaration.
"""

from __future__ import annotations

from itertools import islice, product
from typing import Any

import z3

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tree import (
    And,
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
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
    Xor,
)
from corollary_tools.relations import COMPARE, COMPUTE
from corollary_tools.solvers.logic.sorts import Sort, Sorts


class Encoder:
    """Translates the formulas of one theory, whose sorts were read before."""

    def __init__(self, sorts: Sorts, words: dict[str, int] | None = None) -> None:
        self.sorts = sorts
        self.words = words or {}
        self.context = z3.Context()
        self._thing = z3.DeclareSort("Thing", self.context)
        self._number = (z3.RealSort if sorts.fractions else z3.IntSort)(self.context)
        self._truth = z3.BoolSort(self.context)
        self._constants: dict[str, Any] = {}
        self._functions: dict[str, Any] = {}
        self._scopes: list[dict[str, Any]] = []

    # -- formulas -----------------------------------------------------------------------------

    def formula(self, formula: Formula) -> Any:
        """The formula as a z3 truth value."""
        match formula:
            case Truth(value):
                return z3.BoolVal(value, self.context)
            case Atom(predicate, ()):
                return self.constant(predicate)
            case Atom(predicate, arguments):
                return self._call(predicate, arguments, self._truth)
            case Comparison(operator, left, right):
                return COMPARE[operator](self.term(left), self.term(right))
            case Not(part):
                return z3.Not(self.formula(part))
            case And(parts):
                return z3.And([self.formula(part) for part in parts])
            case Or(parts):
                return z3.Or([self.formula(part) for part in parts])
            case Implies(left, right):
                return z3.Implies(self.formula(left), self.formula(right))
            case Iff(left, right):
                return self.formula(left) == self.formula(right)
            case Xor(left, right):
                return self.formula(left) != self.formula(right)
            case ForAll() | Exists():
                return self._quantifier(formula)

    def _quantifier(self, formula: ForAll | Exists) -> Any:
        sorts = self.sorts.of_variables(formula)
        scope = {
            name: z3.Const(f"{name} {len(self._scopes)}", self._sort(s))
            for name, s in sorts.items()
        }
        self._scopes.append(scope)
        body = self.formula(formula.body)
        self._scopes.pop()
        quantifier = z3.ForAll if isinstance(formula, ForAll) else z3.Exists
        return quantifier(list(scope.values()), body)

    # -- terms --------------------------------------------------------------------------------

    def term(self, term: Term) -> Any:
        """The term as a z3 thing, number or truth value."""
        match term:
            case Name(text):
                return self.constant(text)
            case Variable(text):
                return next(scope[text] for scope in reversed(self._scopes) if text in scope)
            case Number():
                return self._numeral(term)
            case Apply("abs", (below,)):
                value = self.term(below)
                return z3.If(value >= 0, value, -value)
            case Apply(function, arguments):
                return self._call(
                    function, arguments, self._sort(self.sorts.of(("result", function)))
                )
            case Negative(below):
                return -self.term(below)
            case Arithmetic(operator, left, right):
                if operator == "%" and self.sorts.fractions:
                    raise ToolError("% is for whole numbers only. Send no / and no decimals.")
                return COMPUTE[operator](self.term(left), self.term(right))

    def constant(self, name: str) -> Any:
        """The z3 constant of a name; for a declared word the whole number that it stands for."""
        if name in self.words:
            return z3.IntVal(self.words[name], self.context)
        if name not in self._constants:
            self._constants[name] = z3.Const(name, self._sort(self.sorts.of(("name", name))))
        return self._constants[name]

    def _numeral(self, number: Number) -> Any:
        if self.sorts.of(("numeral", id(number))) == "thing":
            text = str(number.value)
            if text not in self._constants:
                self._constants[text] = z3.Const(text, self._thing)
            return self._constants[text]
        if self.sorts.fractions:
            return z3.RealVal(str(number.value), self.context)
        return z3.IntVal(number.value.numerator, self.context)

    def _call(self, head: str, arguments: tuple[Term, ...], result: Any) -> Any:
        if head not in self._functions:
            places = [("argument", head, index) for index in range(len(arguments))]
            sorts = [self._sort(self.sorts.of(place)) for place in places]
            self._functions[head] = z3.Function(head, *sorts, result)
        return self._functions[head](*[self.term(argument) for argument in arguments])

    def _sort(self, sort: Sort) -> Any:
        return {"thing": self._thing, "truth": self._truth}.get(sort, self._number)

    def values(self, limit: int) -> list[tuple[str, Any]]:
        """Functions of named things whose values are numbers, as text and as z3."""
        return self._over_things(self._number, limit)

    def atoms(self, limit: int) -> list[tuple[str, Any]]:
        """Propositions and predicates over named things, as text and as z3, at most `limit`."""
        bare = [(name, c) for name, c in self._constants.items() if c.sort() == self._truth]
        return [*bare, *self._over_things(self._truth, limit)][:limit]

    def unnamed_atoms(self, model: z3.ModelRef, limit: int) -> list[tuple[str, Any]]:
        """Predicates over the model's things, at least one of them without a name."""
        named = [str(model.eval(c, model_completion=True)) for c in self._things().values()]
        others = [u for u in model.get_universe(self._thing) or [] if str(u) not in named]
        unnamed = {f"thing {number}": thing for number, thing in enumerate(others, start=1)}
        found = self._over_things(self._truth, limit, unnamed)
        return [(text, atom) for text, atom in found if any(name in text for name in unnamed)]

    def _things(self) -> dict[str, Any]:
        return {name: c for name, c in self._constants.items() if c.sort() == self._thing}

    def _over_things(
        self, result: Any, limit: int, unnamed: dict[str, Any] | None = None
    ) -> list[tuple[str, Any]]:
        things = {**self._things(), **(unnamed or {})}
        found: list[tuple[str, Any]] = []
        for head, function in self._functions.items():
            places = [things] * function.arity()
            if function.range() == result and self._takes_things(function):
                found += [
                    (f"{head}({', '.join(names)})", function(*[things[name] for name in names]))
                    for names in islice(product(*places), limit)
                ]
        return found[:limit]

    def _takes_things(self, function: Any) -> bool:
        return all(function.domain(i) == self._thing for i in range(function.arity()))

    # -- what is true besides -----------------------------------------------------------------

    def unique_names(self, aliases: set[str]) -> list[Any]:
        """That names other than the aliases denote different things, where things are compared."""
        things = [
            constant
            for name, constant in self._constants.items()
            if constant.sort() == self._thing and name not in aliases
        ]
        return [z3.Distinct(things)] if self.sorts.equality and len(things) > 1 else []
