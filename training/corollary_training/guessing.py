"""Guessing: does a student do better than giving the most common option always would?

Guarantees a check for every source with enough true/false or multiple-choice problems, by an exact
sign test against that constant. Says nothing of open answers, which cannot be guessed like this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corollary_training.decision import Finding, GateSettings, State
from corollary_training.evaluation import Outcome
from corollary_training.intervals import coin_tail, problems_needed


def check_guessing(outcomes: Sequence[Outcome], settings: GateSettings) -> Iterator[Finding]:
    """Yield one finding for each source with at least `guess_minimum` closed problems."""
    closed = [outcome for outcome in outcomes if _is_closed(outcome)]
    for source in sorted({outcome.source for outcome in closed}):
        group = [outcome for outcome in closed if outcome.source == source]
        if len(group) >= settings.guess_minimum:
            yield _compare_with_constant(source, group, settings)


def _is_closed(outcome: Outcome) -> bool:
    return outcome.gold is not None and outcome.gold.kind in ("truth", "choice")


def _compare_with_constant(
    source: str, group: Sequence[Outcome], settings: GateSettings
) -> Finding:
    golds = [outcome.gold.text if outcome.gold else "" for outcome in group]
    right = [outcome.judgement == "CORRECT" for outcome in group]
    common, count = Counter(golds).most_common(1)[0]
    gained = sum(ok and gold != common for ok, gold in zip(right, golds, strict=True))
    lost = sum(not ok and gold == common for ok, gold in zip(right, golds, strict=True))
    student = f"On {source} the student ({sum(right) / len(group):.1%} right)"
    constant = f'giving "{common}" always ({count / len(group):.1%} right)'
    if count == len(group):
        told = f'Every gold answer of {source} is "{common}": guessing it would look like solving.'
        return _finding("unclear", told)
    if coin_tail(gained, gained + lost) <= 1 - settings.confidence:
        return _finding("passed", f"{student} does better than {constant}.")
    if gained <= lost:
        return _finding("failed", f"{student} does no better than {constant}.")
    more = _missing(gained, lost, len(group), settings)
    told = f"{student} is not shown to do better than {constant}; about {more} more would show it."
    return _finding("unclear", told)


def _missing(gained: int, lost: int, n: int, settings: GateSettings) -> int:
    """How many more closed problems would show a lead as large as the one seen."""
    discordance, lead = (gained + lost) / n, (gained - lost) / n
    needed = problems_needed(discordance, lead, settings.confidence, settings.power)
    return max(1, needed - n)


def _finding(state: State, sentence: str) -> Finding:
    return Finding(check="guessing", state=state, sentence=sentence)
