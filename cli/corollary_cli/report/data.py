"""What a report is about: the evaluations, the gate's decision, pairs and traces of one run.

Guarantees a frozen record in memory with everything optional, so that a run can be looked at
before it has all its parts. Reads no files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corollary_datagen.pair import PreferencePair
from corollary_training.decision import Decision
from corollary_training.evaluation import Evaluation, Graded


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything that the page shows; what is None or empty is left out.

    before and after: the student before and after preference training. pairs: what it was trained
    on. traces: runs with their verdicts, of any of the models. facts: what else is known of the run
    (recipe, seed, commit, seconds per stage), shown as it stands. made: when, as text. stored_pairs
    and stored_traces: how many the run has, where `pairs` and `traces` are only the first of them.
    """

    title: str
    teacher: Evaluation | None = None
    before: Evaluation | None = None
    after: Evaluation | None = None
    decision: Decision | None = None
    pairs: Sequence[PreferencePair] = ()
    traces: Sequence[Graded] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    stored_pairs: int = 0
    stored_traces: int = 0

    @property
    def sides(self) -> tuple[tuple[str, Evaluation], ...]:
        """The evaluations that are there, with their roles, in the order of the page."""
        roles = (
            ("teacher", self.teacher),
            ("student before", self.before),
            ("student after", self.after),
        )
        return tuple((role, side) for role, side in roles if side is not None)

    @property
    def has_stand_in(self) -> bool:
        """Whether the teacher is the embedded rule-based expert."""
        return self.teacher is not None and self.teacher.is_stand_in
