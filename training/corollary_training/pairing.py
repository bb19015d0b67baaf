"""Pairing: two evaluations of the same problems, laid side by side.

Guarantees that what is compared is the same problem with the same gold answer on both sides, or a
clear error that names the ones which are not. Tests nothing (`gate` does).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corollary_tools.errors import CorollaryError
from corollary_training.decision import Flips
from corollary_training.evaluation import Evaluation, Outcome


@dataclass(frozen=True, slots=True)
class Matched:
    """One problem with a verdict on both sides."""

    teacher: Outcome
    student: Outcome

    @property
    def teacher_right(self) -> bool:
        """Whether the teacher's answer is CORRECT."""
        return self.teacher.judgement == "CORRECT"

    @property
    def student_right(self) -> bool:
        """Whether the student's answer is CORRECT."""
        return self.student.judgement == "CORRECT"


def match(teacher: Evaluation, student: Evaluation) -> tuple[tuple[Matched, ...], tuple[str, ...]]:
    """Return the matched problems, and the ids of those without a verdict on either side.

    Raises CorollaryError where one evaluation has a problem that the other has not, or the gold
    answer of a problem is not the same in both.
    """
    theirs = {outcome.problem_id: outcome for outcome in teacher.outcomes}
    ours = {outcome.problem_id: outcome for outcome in student.outcomes}
    _check_problems(theirs, ours)
    matched = tuple(Matched(theirs[identity], ours[identity]) for identity in theirs)
    judged = tuple(m for m in matched if m.teacher.judgement and m.student.judgement)
    kept = {m.teacher.problem_id for m in judged}
    return judged, tuple(identity for identity in theirs if identity not in kept)


def count_flips(matched: Sequence[Matched]) -> Flips:
    """Return the four cells: lost is right with the teacher and not with the student."""
    return Flips(
        both_right=sum(m.teacher_right and m.student_right for m in matched),
        both_wrong=sum(not m.teacher_right and not m.student_right for m in matched),
        lost=_ids(m for m in matched if m.teacher_right and not m.student_right),
        gained=_ids(m for m in matched if m.student_right and not m.teacher_right),
    )


def group_by_kind(matched: Sequence[Matched], minimum: int) -> dict[str, list[Matched]]:
    """Group by kind of family; those of fewer than `minimum` problems stand together, by source."""
    kinds: dict[str, list[Matched]] = {}
    for item in matched:
        kinds.setdefault(item.teacher.kind, []).append(item)
    groups: dict[str, list[Matched]] = {}
    for name, items in sorted(kinds.items()):
        for item in items:
            small = f"{item.teacher.source}, smaller families"
            groups.setdefault(name if len(items) >= minimum else small, []).append(item)
    return groups


def _ids(matched: Iterable[Matched]) -> tuple[str, ...]:
    return tuple(item.teacher.problem_id for item in matched)


def _check_problems(theirs: dict[str, Outcome], ours: dict[str, Outcome]) -> None:
    if missing := [identity for identity in theirs if identity not in ours]:
        raise _differing(missing, "only the teacher was evaluated on them")
    if extra := [identity for identity in ours if identity not in theirs]:
        raise _differing(extra, "only the student was evaluated on them")
    if changed := [i for i, outcome in theirs.items() if outcome.gold != ours[i].gold]:
        raise _differing(changed, "their gold answers are not the same in the two evaluations")


def _differing(identities: list[str], because: str) -> CorollaryError:
    named = ", ".join(identities[:3])
    rest = f" and {len(identities) - 3} more" if len(identities) > 3 else ""
    return CorollaryError(
        f"the two evaluations differ on {named}{rest}",
        because=because,
        remedy="evaluate both with the same source, split, limit and seed",
    )
