"""The gate: may this student take that teacher's place in the graph?

Compares two evaluations of the same problems pairwise. Guarantees that a student passes only if
the interval of the paired difference lies above the margin, no family is shown to be worse beyond
its margin, and it does better than giving the most common option always would. "Not significant"
is never taken for "as good". Two evaluations of one and the same model are no comparison. Runs no
model; the same two records always give the same decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corollary_training.decision import (
    Decision,
    Effort,
    FamilyShift,
    Finding,
    Flips,
    GateSettings,
    State,
    conclude,
    points,
)
from corollary_training.evaluation import Evaluation
from corollary_training.families import check_families, compare_families
from corollary_training.guessing import check_guessing
from corollary_training.intervals import (
    Interval,
    fewest_problems,
    mcnemar_exact,
    problems_needed,
)
from corollary_training.pairing import count_flips, match

__all__ = ["Decision", "GateSettings", "decide"]

_DEFAULT = GateSettings()
_RATIOS: tuple[Effort, ...] = ("tokens", "ms", "cost")


def decide(teacher: Evaluation, student: Evaluation, settings: GateSettings = _DEFAULT) -> Decision:
    """Compare `student` with `teacher` on the problems both were evaluated on, and decide.

    Raises CorollaryError where the two were not evaluated on the same problems.
    """
    matched, excluded = match(teacher, student)
    flips = count_flips(matched)
    interval = flips.interval(settings.confidence)
    families = compare_families(matched, settings)
    ratios = _ratios(teacher, student)
    findings = (
        *_check_identity(teacher, student),
        *_check_size(flips.n, settings),
        *_check_excluded(len(excluded), len(teacher.outcomes), settings),
        _check_accuracy(flips, interval, settings),
        *check_guessing([m.student for m in matched], settings),
        *check_families(families, settings),
        *_check_effort(ratios, settings),
    )
    return Decision(
        verdict=conclude(findings),
        teacher=teacher.model,
        student=student.model,
        settings=settings,
        n=flips.n,
        teacher_accuracy=flips.teacher_accuracy,
        student_accuracy=flips.student_accuracy,
        difference=flips.difference,
        low=interval.low,
        high=interval.high,
        p_value=mcnemar_exact(len(flips.gained), len(flips.lost)),
        more_problems=_more(flips, interval, settings),
        flips=flips,
        families=families,
        ratios=ratios,
        excluded=excluded,
        findings=findings,
        notes=tuple(_notes(teacher, student, families)),
    )


def _check_identity(teacher: Evaluation, student: Evaluation) -> Iterator[Finding]:
    sides = [(side.spec, side.prompt, side.toolkit) for side in (teacher, student)]
    if sides[0] == sides[1]:
        yield Finding(
            check="identity",
            state="failed",
            sentence=f"Both evaluations are of {student.spec} with the same prompt and tools: "
            "between two runs of one model every difference is chance.",
        )


def _check_size(n: int, settings: GateSettings) -> Iterator[Finding]:
    if n < settings.minimum:
        yield Finding(
            check="size",
            state="unclear",
            sentence=f"Only {n} problems could be compared; at least {settings.minimum} are asked.",
        )


def _check_excluded(excluded: int, total: int, settings: GateSettings) -> Iterator[Finding]:
    if excluded > settings.excluded * total:
        yield Finding(
            check="errors",
            state="unclear",
            sentence=f"{excluded} of {total} problems have no verdict on one side because a model "
            f"failed; at most {settings.excluded:.0%} may be left out.",
        )


def _check_accuracy(flips: Flips, interval: Interval, settings: GateSettings) -> Finding:
    state = _accuracy_state(flips, interval, settings)
    asked = _asked(settings.margin)
    told = {
        "passed": f"The student is {asked}",
        "failed": f"It is not shown that the student is {asked}",
        "unclear": f"Too few problems to show that the student is {asked}",
    }[state]
    if settings.margin > 0 and interval.high <= -settings.margin:
        told = f"The student is more than {points(settings.margin)} worse"
    return Finding(
        check="accuracy",
        state=state,
        sentence=f"{told}: difference {flips.difference * 100:+.1f} points "
        f"({settings.confidence:.0%} interval {interval.low * 100:+.1f} to "
        f"{interval.high * 100:+.1f}) on {flips.n} problems.",
    )


def _asked(margin: float) -> str:
    if margin > 0:
        return f"at most {points(margin)} worse"
    return f"more than {points(-margin)} better" if margin else "better"


def _accuracy_state(flips: Flips, interval: Interval, settings: GateSettings) -> State:
    """Passed above the margin; where neither side is shown, the number of problems decides.

    A gain that is not shown is no gain: there the burden of proof is the student's. A student that
    may be as good gets the benefit of more problems, until an equal one would have passed, or
    unless it is shown to be worse and stands below the margin.
    """
    if interval.low > -settings.margin:
        return "passed"
    if _is_shown_worse(flips, interval, settings):
        return "failed"
    enough = settings.minimum if settings.margin <= 0 else _needed(flips, settings)
    return "failed" if flips.n >= enough else "unclear"


def _is_shown_worse(flips: Flips, interval: Interval, settings: GateSettings) -> bool:
    below = flips.difference <= -settings.margin
    return interval.high <= -settings.margin or (below and interval.high < 0)


def _needed(flips: Flips, settings: GateSettings) -> int:
    """Problems at which the test would pass a student that deserves it, with the asked power."""
    discordance = (len(flips.lost) + len(flips.gained) + 1) / (flips.n + 2)
    if settings.margin <= 0:
        needed = problems_needed(discordance, settings.gain, settings.confidence, settings.power)
        return max(settings.minimum, needed)
    needed = problems_needed(discordance, settings.margin, settings.confidence, settings.power)
    fewest = fewest_problems(settings.margin, settings.confidence)
    return max(settings.minimum, needed, fewest)


def _more(flips: Flips, interval: Interval, settings: GateSettings) -> int | None:
    """How many problems are missing to an answer; None where more would not change it."""
    if interval.low > -settings.margin:
        return max(0, settings.minimum - flips.n) or None
    if _is_shown_worse(flips, interval, settings):
        return None
    return max(0, _needed(flips, settings) - flips.n) or None


def _ratios(teacher: Evaluation, student: Evaluation) -> dict[Effort, float]:
    both = {name: (getattr(student, name), getattr(teacher, name)) for name in _RATIOS}
    return {name: ours / theirs for name, (ours, theirs) in both.items() if ours and theirs}


def _check_effort(ratios: dict[Effort, float], settings: GateSettings) -> Iterator[Finding]:
    limits = zip(
        _RATIOS, (settings.token_ratio, settings.ms_ratio, settings.cost_ratio), strict=True
    )
    for name, limit in limits:
        if limit is None:
            continue
        ratio = ratios.get(name)
        state: State = "unclear" if ratio is None else "passed" if ratio <= limit else "failed"
        told = "is not known on both sides" if ratio is None else f"is {ratio:.2f} of the teacher's"
        yield Finding(
            check="effort",
            state=state,
            sentence=f"The student's {name} a problem {told}; at most {limit:.2f} is allowed.",
        )


def _notes(
    teacher: Evaluation, student: Evaluation, families: Sequence[FamilyShift]
) -> Iterator[str]:
    if teacher.is_stand_in:
        yield "The teacher is the embedded rule-based stand-in, not a language model."
    if teacher.toolkit != student.toolkit:
        yield "The two ran with different tools."
    if teacher.sampling != student.sampling:
        yield "The two ran with different sampling settings or seeds."
    for family in families:
        if family.state == "watch":
            yield f"Watch {family.name}: {family.difference * 100:+.1f} points, perhaps by chance."
