"""Step pairs from stored continuations: two decisions after one state, one right and one wrong.

Two origins. first_wrong: the first wrong step of a wrong trace, as its verdict names it, against
the first step of a run that ends right from the state before it (Step-DPO, arXiv 2406.18629).
value: two decisions of which the runs through one are hopeful and through the other hopeless, by
the sequential test and by the same model. Guarantees the identical history, two meanings that the
solvers tell apart, no rejected move that a right chain or a winning run made, and no statement that
history and chosen move leave read otherwise than most right chains read it. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from corollary_datagen.chains.chain import Move, Slot, build_chain
from corollary_datagen.chains.contrast import Contrast
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.chains.votes import agree
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.decisions import Decision, Policy, Runs, State, find_states
from corollary_datagen.pairs.mistakes import step_mistake
from corollary_datagen.pairs.selection import Candidate
from corollary_datagen.steps.sequential import WinTest
from corollary_datagen.verdict import Graded

Skip = Callable[[str], None]
FROM_RUNS = ("first_wrong", "value")
"""The origins of the pairs that are made here."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the pairs of one problem rest on. runs: reads the usable runs from a state."""

    runs: Runs
    test: WinTest
    meanings: Meanings
    skip: Skip


def value_pairs(
    contrast: Contrast, rows: Iterable[Graded], evidence: Evidence
) -> Iterator[Candidate]:
    """Yield the pairs of one problem. rows: its judged traces, the wrong ones with their steps."""
    used = list(rows)
    states = list(find_states((build_chain(row.trace) for row in used), evidence.runs))
    if not states:
        return
    located = {row.trace.id: _first_wrong(row) for row in used}
    winners = [chain for state in states for chain in state.winners]
    agreed, _ = agree(winners, winners, evidence.meanings, problem=contrast.problem)
    known = replace(
        contrast,
        right=(*contrast.right, *winners),
        agreed={**agreed, **contrast.agreed},
    )
    for state in states:
        yield from _State(known, state, located, evidence).pairs()


def _first_wrong(row: Graded) -> int | None:
    wrong = row.verdict and row.verdict.judgement == "INCORRECT"
    return row.verdict.first_wrong_step if row.verdict and wrong else None


@dataclass(frozen=True, slots=True)
class _State:
    """One state. contrast: with the winning runs among the right chains."""

    contrast: Contrast
    state: State
    located: Mapping[str, int | None]
    evidence: Evidence

    def pairs(self) -> Iterator[Candidate]:
        named = [one for one in self.state.decisions if self._is_named(one)]
        for rejected in named:
            if self._may_win(rejected):
                self.evidence.skip("runs end right after the step that is called wrong")
                continue
            yield from self._against(rejected, self.state.policies, "first_wrong")
        for rejected in self.state.decisions:
            policies = [p for p in self.state.policies if self._hope(rejected, p) == "hopeless"]
            if policies and rejected not in named and not self._may_win(rejected):
                yield from self._against(rejected, policies, "value")

    def _against(
        self, rejected: Decision, policies: list[Policy], origin: str
    ) -> Iterator[Candidate]:
        """The pair with the best decision of the first policy that has one to prefer."""
        reasons: list[str] = []
        for policy in policies:
            for chosen in self._hopeful(policy):
                reason = self._objection(chosen.move, rejected.move)
                if reason is None:
                    yield self._pair(chosen, rejected, policy, origin)
                    return
                reasons.append(reason)
        for reason in reasons[:1]:
            self.evidence.skip(reason)

    def _hopeful(self, policy: Policy) -> list[Decision]:
        """The decisions that one policy wins after, the best first."""
        found = [one for one in self.state.decisions if self._hope(one, policy) == "hopeful"]
        return sorted(found, key=lambda one: (-one.rate(policy), -sum(one.counts(policy))))

    def _objection(self, chosen: Move, rejected: Move) -> str | None:
        """Why the two moves make no pair, if they make none."""
        if not chosen.calls and not rejected.calls:
            return None  # Two answers: the runs ended with them.
        same = self.evidence.meanings.same(chosen, rejected)
        if same is not False:
            return "same meaning" if same else "meaning undecided"
        if chosen.failed:
            return "the winning run's call failed"
        if any(self._strays(move) for move in self._read(chosen).values()):
            return "the winning run reads a statement otherwise than most"
        if not self.contrast.is_new(rejected, chosen, self.evidence.meanings):
            return "a right chain or a winning run made the same move"
        return None

    def _read(self, chosen: Move) -> dict[Slot | None, Move]:
        """By slot the last move of the history and the chosen one."""
        history = self.state.before.moves[: self.state.steps]
        return {move.slot: move for move in (*history, chosen)}

    def _strays(self, move: Move) -> bool:
        known = self.contrast.agreed.get(move.slot) if move.slot else None
        return known is not None and self.evidence.meanings.same(known, move) is False

    def _is_named(self, one: Decision) -> bool:
        return any(self.located.get(trace) == self.state.steps for trace in one.traces)

    def _hope(self, one: Decision, policy: Policy) -> str | None:
        return one.hope(policy, self.evidence.test)

    def _may_win(self, one: Decision) -> bool:
        """Whether some model wins after it."""
        return any(self._hope(one, policy) == "hopeful" for policy in one.policies)

    def _pair(self, chosen: Decision, rejected: Decision, policy: Policy, origin: str) -> Candidate:
        history = chosen.chain.messages[: chosen.move.position]
        pair = PreferencePair(
            kind="step",
            problem_id=self.contrast.problem.id,
            family=self.contrast.problem.family,
            tools=(),
            prompt=(*self.contrast.prompt, *history),
            chosen=(chosen.move.message,),
            rejected=(rejected.move.message,),
            chosen_trace=self._trace(chosen),
            rejected_trace=self._trace(rejected),
            margin=chosen.rate(policy) - rejected.rate(policy),
            origin=origin,
            error_kind=step_mistake(rejected.chain, rejected.move, chosen.move),
        )
        return Candidate(pair)

    def _trace(self, one: Decision) -> str:
        """A stored trace that made the decision, else the one whose state it was made in."""
        return min(one.traces, default=self.state.trace)
