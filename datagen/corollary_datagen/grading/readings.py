"""Whether two formalisations of one problem say the same, decided by z3 statement by statement.

Guarantees that None is given where they cannot be compared (other names, another encoding, a solver
that gave up) and never counts as a difference. What was decided is kept, so that a formula which
many chains wrote is compared once. Does not say which of two readings is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corollary_agent.problem import Problem
from corollary_datagen.grading.formalisation import Formalisation, Rows
from corollary_datagen.grading.formula_words import formula_names
from corollary_datagen.grading.wording import misfits
from corollary_tools.answer import Answer
from corollary_tools.certificates import Question, certify, certify_truth
from corollary_tools.desk import Variables
from corollary_tools.equivalence import formulas_equivalent
from corollary_tools.worker import Workers

CONTRADICTION = "the premises contradict each other"
MAX_KNOWN = 100_000  # comparisons kept
_FALSE = Answer(kind="truth", value="False")


@dataclass(frozen=True, slots=True)
class Comparison:
    """value: the same, not the same, or None for not to be compared; reason: where they differ."""

    value: bool | None
    reason: str = ""


class Readings:
    """Compares formalisations, and remembers what it compared."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._known: dict[tuple[str, str], bool | None] = {}

    def same(
        self, reading: Formalisation, known: Formalisation, *, part: bool = False
    ) -> Comparison:
        """Whether `reading` says what `known` does. part: it may say less, but nothing else."""
        if reading == known:
            return Comparison(True)
        if reading.asked != known.asked:
            return Comparison(None, f"one asks {reading.asked}, the other {known.asked}")
        if known.equations:
            same = _equations(reading) == _equations(known)
            return Comparison(True if same else None, "" if same else "other equations")
        if not _comparable(reading, known):
            return Comparison(None, "it uses other names")
        return _first(self._parts(reading, known, part=part))

    def contradictory(self, read: Formalisation) -> bool:
        """Whether what a chain recorded contradicts itself, as far as the solver can tell."""
        rows = read.apart or read.premises
        key = (f"{read.variables} {rows}", "")
        if key not in self._known:
            desk = Formalisation("prove", rows, variables=read.variables).desk
            asked = Question(conclusion="false")
            found = certify(_FALSE, desk, asked, workers=self._workers)
            self._keep(key, found.reason == CONTRADICTION)
        return self._known[key] is True

    def follows(self, rows: Rows, formula: str) -> bool | None:
        """Whether the formula follows from the others; None where the solver gave up."""
        return True if formula in {text for _, text in rows} else self._entails(rows, formula)

    def _parts(
        self, reading: Formalisation, known: Formalisation, *, part: bool
    ) -> Iterator[Comparison]:
        if known.variables and _declared(reading.variables) != _declared(known.variables):
            yield Comparison(None, "it declares other unknowns")
        yield from self._premises(reading, known, part=part)
        yield from self._rows("option", reading.options, known.options)
        asked, wanted = reading.question, known.question
        if (asked.world, asked.mode) != (wanted.world, wanted.mode):
            yield Comparison(None, "it asks in another way")
        if wanted.conclusion:
            told = f"it asks {asked.conclusion}, not {wanted.conclusion}"
            yield Comparison(self._equivalent(asked.conclusion, wanted.conclusion), told)

    def _premises(
        self, reading: Formalisation, known: Formalisation, *, part: bool
    ) -> Iterator[Comparison]:
        if reading.labelled and known.labelled:
            if not part and reading.premises and len(reading.premises) != len(known.premises):
                yield Comparison(None, "it reads other statements")
            yield from self._rows("statement", reading.premises, known.premises)
            return
        for _, formula in reading.premises:
            yield Comparison(self.follows(known.premises, formula), f"it takes {formula} as given")
        for _, formula in () if part else known.premises:
            said = self.follows(reading.premises, formula)
            yield Comparison(said, f"it leaves {formula} out")

    def _rows(self, what: str, reading: Rows, known: Rows) -> Iterator[Comparison]:
        wanted = dict(known)
        for label, formula in reading:
            if label in wanted:
                told = f"it reads {what} {label} as {formula}, not {wanted[label]}"
                yield Comparison(self._equivalent(formula, wanted[label]), told)

    def _equivalent(self, left: str, right: str) -> bool | None:
        one, other = _caseless(left), _caseless(right)
        key = (min(one, other), max(one, other))
        if key not in self._known:
            self._keep(key, formulas_equivalent(*key, self._workers).value)
        return self._known[key]

    def _entails(self, rows: Rows, formula: str) -> bool | None:
        key = (str([_caseless(text) for _, text in rows]), _caseless(formula))
        if key not in self._known:
            premises = [_caseless(text) for _, text in rows]
            found = certify_truth("True", premises, key[1], workers=self._workers)
            self._keep(key, found.value)
        return self._known[key]

    def _keep(self, key: tuple[str, str], value: bool | None) -> None:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[key] = value


def fits_better(reading: Formalisation, known: Formalisation, problem: Problem) -> bool:
    """Whether a reading of all statements fits their words better than the known one.

    By the names alone, statement by statement; False where the known one is in names of its own.
    """
    if not (reading.labelled and known.labelled) or reading.asked != known.asked:
        return False
    texts = {str(n): text for n, text in enumerate(problem.statements, start=1)}
    read, wanted = dict(reading.premises), dict(known.premises)
    if read.keys() != wanted.keys() or not _comparable(known, reading):
        return False
    sides = [(label, [[read[label]], [formula]]) for label, formula in wanted.items()]
    odd = [misfits(formulas, texts.get(label, "")) for label, formulas in sides]
    return sum(one for one, _ in odd) < sum(other for _, other in odd)


def _first(found: Iterable[Comparison]) -> Comparison:
    """The first difference, else the first thing that cannot be compared, else the same."""
    undecided = None
    for one in found:
        if one.value is False:
            return one
        if one.value is None and undecided is None:
            undecided = one
    return undecided or Comparison(True)


def _comparable(reading: Formalisation, known: Formalisation) -> bool:
    """Whether a reading uses the known one's names alone; in others nothing can be told apart."""
    return reading.names <= known.names


def _declared(variables: Iterable[Variables]) -> list[tuple[object, ...]]:
    """Declarations without case and the order of names."""
    return sorted(
        (sorted(map(str.casefold, row.names)), row.values, row.distinct, row.of)
        for row in variables
    )


def _equations(read: Formalisation) -> list[str]:
    return sorted("".join(text.casefold().split()) for text in read.equations)


def _caseless(formula: str) -> str:
    """The formula without case, unless a name would be lost under a quantifier."""
    lower = formula.casefold()
    return lower if formula_names(lower) == formula_names(formula) else formula
