"""Step pairs from forks: two decisions after the identical history, one that wins more often.

From any LangGraph graph (`corollary_agent.forks`) and a judge of its final states. Guarantees that
chosen and rejected are one message each after one prompt, that an ending which nobody can judge
counts for neither, and that their win rates differ by the bound at least. Does not run a graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from corollary_agent.fork_threads import Values
from corollary_agent.forks import Alternative, Fork
from corollary_datagen.chains.chain import renumbered
from corollary_datagen.pair import PreferencePair

Judge = Callable[[Values], bool | None]
Skip = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Won:
    """How often runs from one alternative ended right, of those that could be judged."""

    number: int
    alternative: Alternative
    wins: int
    judged: int

    @property
    def rate(self) -> float:
        """The share of judged endings that are right."""
        return self.wins / self.judged


def fork_pairs(
    forks: Iterable[Fork],
    judge: Judge,
    *,
    problem_id: str,
    family: str,
    difference: float = 0.5,
    on_skip: Skip = lambda reason: None,
) -> Iterator[PreferencePair]:
    """Yield for each fork its best decision against every one that wins less often.

    judge: whether a final state is right; None where nobody can tell. difference: the least between
    two win rates, above 0 and at most 1; it is the pair's margin. on_skip: told why a fork made
    none. Raises ValueError for a difference outside its range.
    """
    if not 0 < difference <= 1:
        raise ValueError(f"difference is above 0 and at most 1, not {difference}")
    for fork in forks:
        won = [one for one in _won(fork, judge) if one.judged]
        if len(won) < 2:
            on_skip("fewer than two decisions with endings that could be judged")
            continue
        best = max(won, key=lambda one: (one.rate, one.judged))
        worse = [one for one in won if best.rate - one.rate >= difference]
        if not worse:
            on_skip("no decision wins so much more often than another")
        for other in worse:
            yield _pair(fork, best, other, problem_id, family)


def _won(fork: Fork, judge: Judge) -> Iterator[Won]:
    for number, alternative in enumerate(fork.alternatives):
        states = [ending.state for ending in alternative.endings if ending.state is not None]
        verdicts = [right for right in map(judge, states) if right is not None]
        yield Won(number, alternative, sum(verdicts), len(verdicts))


def _pair(fork: Fork, best: Won, other: Won, problem_id: str, family: str) -> PreferencePair:
    chosen = renumbered((*fork.history, best.alternative.decision))
    rejected = renumbered((*fork.history, other.alternative.decision))
    return PreferencePair(
        kind="step",
        problem_id=problem_id,
        family=family,
        tools=fork.tools,
        prompt=chosen[:-1],
        chosen=chosen[-1:],
        rejected=rejected[-1:],
        chosen_trace=f"{fork.thread}/{fork.checkpoint}/{best.number}",
        rejected_trace=f"{fork.thread}/{fork.checkpoint}/{other.number}",
        margin=best.rate - other.rate,
        origin="fork",
    )
