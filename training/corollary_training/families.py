"""Families: is there a kind of problem on which the student loses more than on the whole?

Guarantees intervals widened for the number of families looked at, so that many families do not
make one look worse by chance. Decides nothing about the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corollary_training.decision import FamilyShift, Finding, GateSettings, points
from corollary_training.pairing import Matched, count_flips, group_by_kind


def compare_families(matched: Sequence[Matched], settings: GateSettings) -> tuple[FamilyShift, ...]:
    """Return the student's shift on each kind of family, small ones together, jointly confident."""
    groups = group_by_kind(matched, settings.family_minimum)
    sized = {k: v for k, v in groups.items() if len(v) >= settings.family_minimum}
    confidence = 1 - (1 - settings.confidence) / max(1, len(sized))
    return tuple(_shift(name, group, settings, confidence) for name, group in sized.items())


def _shift(
    name: str, group: Sequence[Matched], settings: GateSettings, confidence: float
) -> FamilyShift:
    flips = count_flips(group)
    interval = flips.interval(confidence)
    beyond = flips.difference < -settings.family_margin
    return FamilyShift(
        name=name,
        n=flips.n,
        teacher=flips.teacher_accuracy,
        student=flips.student_accuracy,
        difference=flips.difference,
        low=interval.low,
        high=interval.high,
        state=("worse" if interval.high < 0 else "watch") if beyond else "ok",
    )


def check_families(families: Sequence[FamilyShift], settings: GateSettings) -> Iterator[Finding]:
    """Yield a failed finding for each family shown to be worse, or one passed for all."""
    worse = [family for family in families if family.state == "worse"]
    for family in worse:
        yield Finding(
            check="families",
            state="failed",
            sentence=f"On {family.name} the student is worse by {points(-family.difference)} "
            f"({family.n} problems); {points(settings.family_margin)} are allowed.",
        )
    if families and not worse:
        yield Finding(
            check="families",
            state="passed",
            sentence=f"None of {len(families)} families is shown to be worse by more than "
            f"{points(settings.family_margin)}.",
        )
