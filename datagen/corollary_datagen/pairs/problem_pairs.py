"""The pairs of one problem: all kinds that are wanted, without twins, capped.

Guarantees that chosen is always from a CORRECT trace, except what a person edited, and rejected
from one that is not, except in efficiency and repair pairs. Rules over all problems come after
(`selection`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corollary_agent.trace import Message
from corollary_datagen.chains.continuation import Continuation
from corollary_datagen.chains.contrast import Contrast, build_contrast
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.admission import Admission
from corollary_datagen.pairs.beside import Beside
from corollary_datagen.pairs.edit_pairs import edit_pairs
from corollary_datagen.pairs.efficiency_pairs import efficiency_pairs
from corollary_datagen.pairs.outcome_pairs import outcome_pairs
from corollary_datagen.pairs.repair_pairs import Repairs
from corollary_datagen.pairs.selection import Candidate, capped, without_twins
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.pairs.step_pairs import step_pairs
from corollary_datagen.pairs.twin_pairs import twin_pairs
from corollary_datagen.pairs.value_pairs import Evidence, value_pairs
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit

Skip = Callable[[str], None]
LUCKY = "right by luck: most right chains read a statement otherwise"


@dataclass(frozen=True, slots=True)
class Pairing:
    """What building the pairs of problems needs throughout. beside: None without a store."""

    settings: PairSettings
    toolkit: Toolkit
    meanings: Meanings
    admission: Admission
    skip: Skip
    beside: Beside | None = None

    def pairs(
        self, rows: Sequence[Graded], prompt: tuple[Message, ...]
    ) -> Iterator[PreferencePair]:
        """The pairs of one problem. prompt: the messages before every chain."""
        yield from self._edits(rows, prompt)
        used = [row for row in rows if self.admission.admits(row)]
        if not used:
            return
        teacher = self.settings.teacher
        contrast = build_contrast(used, self.meanings, prompt=prompt, teacher=teacher)
        for _ in range(contrast.lucky):
            self.skip(LUCKY)
        located = {row.trace.id: row.verdict.first_wrong_step for row in used if row.verdict}
        found = without_twins((*self._found(contrast, located), *self._looked_up(contrast, used)))
        closest, seed = self.settings.closest, self.settings.seed
        kept = capped(found, self.settings.caps, seed, closest=closest)
        self._tell_capped(found, kept)
        yield from (candidate.pair for candidate in kept)

    def _edits(
        self, rows: Sequence[Graded], prompt: tuple[Message, ...]
    ) -> Iterator[PreferencePair]:
        """The pairs that a person's edits make; a wrong trace has none, an ungraded one may."""
        if "repair" not in self.settings.kinds:
            return
        for row in rows:
            edits = list(edit_pairs(row.problem, row.trace, prompt=prompt))
            if edits and row.verdict and row.verdict.judgement == "INCORRECT":
                self.skip("a person's edit in a chain that went wrong")
            elif edits and self.admission.fits(row):
                yield from edits

    def _found(self, contrast: Contrast, located: Mapping[str, int | None]) -> Iterator[Candidate]:
        kinds = self.settings.kinds
        if "outcome" in kinds:
            yield from outcome_pairs(contrast, self.skip, first_wrong=located)
        if "step" in kinds:
            yield from step_pairs(contrast, self.meanings, self.skip)
        if "repair" in kinds:
            yield from Repairs(contrast, self.toolkit, self.settings.prompt.form, self.skip).pairs()
        if "efficiency" in kinds:
            yield from efficiency_pairs(contrast, self.settings.efficiency, self.skip)

    def _looked_up(self, contrast: Contrast, used: Sequence[Graded]) -> Iterator[Candidate]:
        """The step pairs from what stands beside the traces in the store."""
        if self.beside is None or "step" not in self.settings.kinds:
            return
        for rows in self.beside.siblings(contrast.problem):
            if others := [row for row in rows if self._quiet.admits(row)]:
                teacher = self.settings.teacher
                other = build_contrast(others, self.meanings, prompt=(), teacher=teacher)
                yield from twin_pairs(contrast, other, self.meanings, self.skip)
        if self.beside.has_runs():
            evidence = Evidence(
                lambda state: self._usable(state, contrast),
                self.settings.win_test,
                self.meanings,
                self.skip,
            )
            yield from value_pairs(contrast, used, evidence)

    def _usable(self, state: str, contrast: Contrast) -> list[Continuation]:
        """The runs from a state that may stand under the prompt."""
        assert self.beside is not None
        runs = self.beside.runs(state)
        problem = contrast.problem
        return [run for run in runs if self._quiet.fits(Graded(problem, run.trace, None))]

    @property
    def _quiet(self) -> Admission:
        """The same rules, told to nobody."""
        return replace(self.admission, skip=_ignore)

    def _tell_capped(self, found: Sequence[Candidate], kept: Sequence[Candidate]) -> None:
        left = Counter(c.pair.kind for c in found)
        left.subtract(c.pair.kind for c in kept)
        for kind in left.elements():
            self.skip(f"over the cap of {self.settings.caps[kind]} {kind} pairs a problem")


def _ignore(reason: str) -> None:
    """What is told the reasons where they were told before."""
