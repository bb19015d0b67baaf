"""Decisions after one state, and how often the stored runs through each end right.

A run counts for the decision that it made after the state, and for the one whose result it began
from. Guarantees that runs of two models, or of two settings, are counted apart, that an undecided
run counts for neither side, and that a trace does not count for itself: it was gone on from because
it was wrong. Decides nothing about pairs (`value_pairs` does).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from corollary_datagen.chains.chain import Chain, Move, build_chain
from corollary_datagen.chains.continuation import Continuation, state_key
from corollary_datagen.steps.sequential import Hope, WinTest
from corollary_datagen.verdict import Judgement

Policy = tuple[str, str]
"""Who went on and how: a model and the hash of its settings."""
Runs = Callable[[str], Iterable[Continuation]]


@dataclass(slots=True)
class Decision:
    """One move after a state. chain: where it stands; judged: runs by policy and judgement.

    traces: the ids of stored traces that made it.
    """

    chain: Chain
    move: Move
    judged: Counter[tuple[Policy, Judgement]] = field(default_factory=Counter)
    traces: list[str] = field(default_factory=list)

    def counts(self, policy: Policy) -> tuple[int, int]:
        """Of one policy's runs, those that end right and those that end wrong."""
        return self.judged[policy, "CORRECT"], self.judged[policy, "INCORRECT"]

    def hope(self, policy: Policy, test: WinTest) -> Hope | None:
        """What one policy's runs allow to say."""
        return test.decide(*self.counts(policy))

    def rate(self, policy: Policy) -> float:
        """The share of one policy's judged runs that end right; 0 without any."""
        wins, losses = self.counts(policy)
        return wins / max(1, wins + losses)

    @property
    def policies(self) -> set[Policy]:
        """Who went on through it."""
        return {policy for policy, _ in self.judged}


@dataclass(frozen=True, slots=True)
class State:
    """A state from which there are runs. steps: moves before it; trace: the first that passed it.

    winners: the runs from it that end right, as chains without what stood before it.
    """

    trace: str
    before: Chain
    steps: int
    decisions: tuple[Decision, ...]
    winners: tuple[Chain, ...]

    @property
    def policies(self) -> list[Policy]:
        """Who went on through any of its decisions."""
        return sorted({policy for decision in self.decisions for policy in decision.policies})


def find_states(chains: Iterable[Chain], runs: Runs) -> Iterator[State]:
    """Yield the states of stored traces from which there are runs, each once.

    runs: reads the usable runs from a state by its key.
    """
    passed: dict[str, list[tuple[Chain, int]]] = {}
    for chain in chains:
        for steps in range(len(chain.moves)):
            passed.setdefault(state_key(chain, steps), []).append((chain, steps))
    known = {key: [(run, build_chain(run.trace)) for run in runs(key)] for key in passed}
    for key, through in passed.items():
        if known[key]:
            yield _state(through, known[key], known)


def _state(
    through: list[tuple[Chain, int]],
    began: list[tuple[Continuation, Chain]],
    known: dict[str, list[tuple[Continuation, Chain]]],
) -> State:
    before, steps = through[0]
    began = [one for one in began if _begins(one[1], before, steps)]
    decisions: dict[str, Decision] = {}
    for chain, _ in through:
        if decision := _decision(decisions, chain, steps):
            decision.traces.append(chain.trace.id)
    for run, chain in began:
        if decision := _decision(decisions, chain, steps):
            decision.judged[(run.model, run.settings), run.judgement] += 1
    for decision in decisions.values():
        for run, _ in known.get(state_key(decision.chain, steps + 1), ()):
            decision.judged[(run.model, run.settings), run.judgement] += 1
    winners = tuple(_rest(chain, steps) for run, chain in began if run.judgement == "CORRECT")
    return State(before.trace.id, before, steps, tuple(decisions.values()), winners)


def _decision(decisions: dict[str, Decision], chain: Chain, steps: int) -> Decision | None:
    """The decision that a chain made after the state; None where it ended there."""
    if steps >= len(chain.moves):
        return None
    move = chain.moves[steps]
    return decisions.setdefault(json.dumps(move.message), Decision(chain, move))


def _begins(chain: Chain, before: Chain, steps: int) -> bool:
    """Whether a run has the history of the state that it is stored under, to the letter."""
    return len(chain.moves) >= steps and chain.histories[steps] == before.histories[steps]


def _rest(chain: Chain, steps: int) -> Chain:
    return Chain(chain.trace, chain.messages, chain.moves[steps:], chain.histories[steps:])
