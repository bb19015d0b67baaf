"""A theory under a solver: labelled premises that can be switched on and off, and questions to it.

Guarantees the same answer for the same theory (fixed seeds, effort limited by count, not by
clock), conflicts that are minimal (no premise can be left out), and `unknown` where the solver
gave up, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Literal, cast

import z3

from corollary_tools.desk import Variables
from corollary_tools.formulas.tree import And, Comparison, Name, Term
from corollary_tools.solvers.logic.domains import build_domains
from corollary_tools.solvers.logic.grounding import ground, ground_term
from corollary_tools.solvers.logic.sorts import Labelled, Sorts
from corollary_tools.solvers.logic.terms import Encoder

Satisfiable = Literal["sat", "unsat", "unknown"]
EFFORT = 2_000_000  # of one theory, in z3's resource units: 1 to 8 million a second
MILLISECONDS = 6_000  # of one check; a second fence, below the worker's limit
MEGABYTES = 1_000
MAX_ATOMS = 400


class Theory:
    """Premises that hold, and claims that are asked about, over one set of names.

    Raises ToolError where the formulas do not fit together (arities, sorts, undeclared names).
    """

    def __init__(
        self,
        premises: Sequence[Labelled],
        claims: Sequence[Labelled] = (),
        variables: tuple[Variables, ...] = (),
        *,
        unique_names: bool = True,
    ) -> None:
        self.domains = build_domains(variables)
        premises = [ground(row, self.domains) for row in premises]
        claims = [ground(row, self.domains) for row in claims]
        self.sorts = Sorts(self.domains.sorts, fractions=self.domains.real)
        for labelled in (*premises, *claims):
            self.sorts.read(labelled)
        self.encoder = Encoder(self.sorts, self.domains.words)
        self.solver = z3.SimpleSolver(ctx=self.encoder.context)
        self.solver.set("timeout", MILLISECONDS, "max_memory", MEGABYTES, "random_seed", 0)
        self._effort = EFFORT
        self._model: z3.ModelRef | None = None
        self.premises = {row.label: self._switch("premise", row) for row in premises}
        self.claims = {row.label: self._switch("claim", row) for row in claims}
        self.solver.add(*self._bounds())
        if unique_names:
            self.solver.add(*self.encoder.unique_names(aliases(premises)))

    def check(self, *claims: Any) -> Satisfiable:
        """Whether all premises and the claims (switches or their negations) can hold together."""
        return self._check([*self.premises.values(), *claims])

    def conflict(self, *claims: Any) -> tuple[str, ...]:
        """The labels of a smallest set of premises that contradict the claims.

        Only after `check` of these claims said `unsat`. Smallest: none can be left out.
        """
        needed = self._core()
        for label in reversed(needed):
            rest = [other for other in needed if other != label]
            if self._check([*(self.premises[other] for other in rest), *claims]) == "unsat":
                needed = [other for other in self._core() if other in rest]
        return tuple(needed)

    def negation(self, claim: Any) -> Any:
        """The switch that says that the claim does not hold."""
        return z3.Not(claim)

    def term(self, term: Term) -> Any:
        """A term that a formula of the theory has, as z3."""
        return self.encoder.term(ground_term(term, self.domains))

    def check_with(self, *facts: Any) -> Satisfiable:
        """As `check`, for any z3 facts, which are forgotten after it."""
        with self.supposing():
            self.solver.add(*facts)
            return self.check()

    @contextmanager
    def supposing(self) -> Iterator[None]:
        """Forget at the end what was added to the solver within."""
        self.solver.push()
        try:
            yield
        finally:
            self.solver.pop()

    @cached_property
    def atoms(self) -> list[tuple[str, Any]]:
        """Propositions and predicates over named things, as text and as z3; not more than 400."""
        return self.encoder.atoms(MAX_ATOMS)

    def unnamed(self, model: z3.ModelRef) -> list[tuple[str, Any]]:
        """Predicates over things, some without a name in the model, as text and as z3."""
        return self.encoder.unnamed_atoms(model, MAX_ATOMS)

    def unknowns(self) -> dict[str, Any]:
        """What a solution gives values to: declared names in order, or all that are mentioned."""
        names = [name for group in self.domains.groups for name in group.names]
        if names:
            return {name: self.encoder.constant(name) for name in names}
        used = [name for name in self.sorts.names if self.sorts.of(("name", name)) != "thing"]
        found = {name: self.encoder.constant(name) for name in used}
        values = [*self.encoder.values(MAX_ATOMS), *self.atoms]
        return {**found, **dict(values[:MAX_ATOMS])}

    def value_text(self, name: str, value: Any) -> str:
        """A value from a model as it was declared: true, false, a whole number or a word."""
        if z3.is_bool(value):
            return str(value).lower()
        group = self.domains.group(name)
        if group is not None and group.sort.startswith("words"):
            return group.texts[group.numbers.index(int(str(value)))]
        return f"about {value.approx(9)}" if z3.is_algebraic_value(value) else str(value)

    def model(self) -> z3.ModelRef:
        """The model of the last `check` that said `sat`."""
        assert self._model is not None, "no model: the last check did not say sat"
        return self._model

    def _check(self, assumptions: list[Any]) -> Satisfiable:
        if self._effort <= 0:
            return "unknown"
        self.solver.set("rlimit", self._effort)
        verdict = str(self.solver.check(*assumptions))
        self._effort = EFFORT - self._spent()
        self._model = self.solver.model() if verdict == "sat" else None
        return cast(Satisfiable, verdict)

    def _spent(self) -> int:
        """The resource units spent on all checks so far."""
        return int(self.solver.statistics().get_key_value("rlimit count"))

    def _core(self) -> list[str]:
        """The labels in the solver's last conflict, in the order of the premises."""
        names = {str(switch) for switch in self.solver.unsat_core()}
        return [label for label, switch in self.premises.items() if str(switch) in names]

    def _switch(self, kind: str, labelled: Labelled) -> Any:
        """A truth value that stands for the formula, in both directions."""
        switch = z3.Bool(f"{kind} {labelled.label}", self.encoder.context)
        formula = self.encoder.formula(labelled.formula)
        self.solver.add(z3.Implies(switch, formula))
        if kind == "claim":
            self.solver.add(z3.Implies(z3.Not(switch), z3.Not(formula)))
        return switch

    def _bounds(self) -> list[Any]:
        bounds: list[Any] = []
        for group in self.domains.groups:
            constants = [self.encoder.constant(name) for name in group.names]
            if group.numbers:
                bounds += [_one_of(constant, group.numbers) for constant in constants]
            if group.any == "integer" and self.sorts.fractions:
                bounds += [z3.IsInt(constant) for constant in constants]
            if group.distinct and len(constants) > 1:
                bounds.append(z3.Distinct(constants))
        return bounds


def aliases(premises: Sequence[Labelled]) -> set[str]:
    """Names that a premise says to be another name for something: `b` where it has `a == b`."""
    found: set[str] = set()
    for labelled in premises:
        parts = labelled.formula.parts if isinstance(labelled.formula, And) else [labelled.formula]
        for part in parts:
            match part:
                case Comparison("==", Name(), Name(text)):
                    found.add(text)
    return found


def _one_of(constant: Any, numbers: Sequence[int]) -> Any:
    whole_range = isinstance(numbers, range)
    low, high = (numbers[0], numbers[-1]) if whole_range else (min(numbers), max(numbers))
    if high - low + 1 != len(numbers):
        return z3.Or([constant == number for number in numbers])
    within = z3.And(low <= constant, constant <= high)
    return within if constant.is_int() else z3.And(within, z3.IsInt(constant))
