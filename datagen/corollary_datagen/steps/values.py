"""The value of a state, by Monte Carlo: how often a model that goes on from it ends right.

A wrong step is one from a hopeful state to a hopeless one (Math-Shepherd, 2312.08935), and it is
looked for by halving the chain (OmegaPRM, 2406.06592). Guarantees that a run from a state is
stored as soon as it has ended and never made twice, that each has a seed of its own, and that a
state which is decided is not asked about again. Halving assumes that a chain which has become
hopeless stays so: where a model would have mended its mistake, a later fall may be found, and never
a step that was none. An undecided run counts for neither side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, PositiveInt

from corollary_agent.resuming import Place, Resumer
from corollary_agent.trace import Sampling
from corollary_datagen.chains.chain import Chain, build_chain
from corollary_datagen.chains.continuation import Continuation, ContinuationKey, state_key
from corollary_datagen.grading.judging import grade
from corollary_datagen.rollouts.running import rollout_seed
from corollary_datagen.steps.sequential import Hope, WinTest
from corollary_datagen.store.store import Store, settings_key
from corollary_datagen.verdict import StepJudgement
from corollary_tools.errors import CorollaryError
from corollary_tools.worker import Workers

Report = Callable[[Continuation], None]


class ValueSettings(BaseModel):
    """How states are valued.

    rollouts: the most runs from one state. test: when fewer are enough. sampling: for all; its seed
    is what each run's own seed is made from. errors: so many failures of the model in a row end it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rollouts: PositiveInt = 6
    test: WinTest = WinTest()
    sampling: Sampling = Sampling(temperature=0.7)
    errors: PositiveInt = 10


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a state. hope: None where the runs so far decide nothing."""

    wins: int
    losses: int
    hope: Hope | None

    @property
    def rate(self) -> float | None:
        """The share of wins among the judged runs; None without any."""
        judged = self.wins + self.losses
        return self.wins / judged if judged else None

    @property
    def told(self) -> str:
        """In a few words."""
        return f"{self.wins} of {self.wins + self.losses} runs end right"


class StepValues:
    """Values of the states of stored traces, by one model. on_run: told of each run made."""

    def __init__(
        self,
        store: Store,
        resumer: Resumer,
        workers: Workers,
        settings: ValueSettings,
        on_run: Report = lambda run: None,
    ) -> None:
        self._store = store
        self._resumer = resumer
        self._workers = workers
        self._settings = settings
        self._report = on_run
        self._errors = 0
        self._turns: dict[str, asyncio.Lock] = {}
        identity, sampling = resumer.identity, settings.sampling
        self._model = identity["model"]
        self._key = settings_key(identity["toolkit"], identity["prompt"], sampling)

    async def find_wrong_step(self, place: Place) -> tuple[StepJudgement, ...]:
        """Halve a wrong chain to the step at which it becomes hopeless; judge the steps before it.

        Empty where the trace has no steps. Raises CorollaryError where the model is not there.
        """
        chain, last = build_chain(place.trace), len(place.trace.steps)
        if not last:
            return ()
        low, high = 0, last
        before, after = await self.value(place, chain, 0), Value(0, 0, "hopeless")
        if before.hope != "hopeful":
            reason = f"from the start, {before.told}: no step can be blamed"
            return (_judgement(0, "UNDECIDED", reason, before, None),)
        while high - low > 1:
            middle = (low + high) // 2
            value = await self.value(place, chain, middle)
            if value.hope is None:
                reason = f"before step {middle + 1}, {value.told}: undecided"
                return (*_sound(low), _judgement(low, "UNDECIDED", reason, before, value))
            low, high = (middle, high) if value.hope == "hopeful" else (low, middle)
            before, after = (value, after) if value.hope == "hopeful" else (before, value)
        ended = high == last
        reason = f"{before.told} before it, {'the run ended wrong' if ended else after.told} after"
        wrong = _judgement(low, "INCORRECT", reason, before, None if ended else after)
        return (*_sound(low), wrong)

    def key(self, chain: Chain, steps: int) -> ContinuationKey:
        """What the runs from a state are stored under."""
        return ContinuationKey(state_key(chain, steps), self._model, self._key)

    async def value(self, place: Place, chain: Chain, steps: int) -> Value:
        """The value of the state that keeps `steps` steps; runs are made until it is decided."""
        key = self.key(chain, steps)
        async with self._turns.setdefault(key.state, asyncio.Lock()):
            runs = self._store.continuations(key)
            while (value := self._value(runs)).hope is None and len(runs) < self._settings.rollouts:
                runs.append(await self._run(place, steps, key, len(runs)))
            return value

    def _value(self, runs: list[Continuation]) -> Value:
        judgements = [run.judgement for run in runs]
        wins, losses = judgements.count("CORRECT"), judgements.count("INCORRECT")
        return Value(wins, losses, self._settings.test.decide(wins, losses))

    async def _run(
        self, place: Place, steps: int, key: ContinuationKey, sample: int
    ) -> Continuation:
        seed = rollout_seed(self._settings.sampling.seed, key.state, sample)
        sampling = self._settings.sampling.model_copy(update={"seed": seed})
        trace = await self._resumer.aresume(place, steps, sampling)
        while trace.stop == "error":
            self._errors += 1
            if self._errors >= self._settings.errors:
                raise _gone(trace.model, trace.error, self._errors)
            trace = await self._resumer.aresume(place, steps, sampling)
        self._errors = 0
        verdict = await asyncio.to_thread(grade, place.problem, trace, self._workers)
        run = Continuation(
            state=key.state,
            model=key.model,
            settings=key.settings,
            sample=sample,
            judgement=verdict.judgement,
            reason=verdict.reason,
            trace=trace,
        )
        self._store.add_continuation(run)
        self._report(run)
        return run


def _sound(count: int) -> tuple[StepJudgement, ...]:
    """The steps before a hopeful state: none of them lost the run."""
    reason = "the state after it, or a later one, is hopeful"
    return tuple(
        StepJudgement(step=step, method="values", judgement="CORRECT", reason=reason)
        for step in range(count)
    )


def _judgement(
    step: int, judgement: str, reason: str, before: Value, after: Value | None
) -> StepJudgement:
    values = [value for value in (before, after) if value]
    return StepJudgement.model_validate(
        {
            "step": step,
            "method": "values",
            "judgement": judgement,
            "reason": reason,
            "before": before.rate,
            "after": after.rate if after else None,
            "rollouts": sum(value.wins + value.losses for value in values),
        }
    )


def _gone(model: str, error: str | None, count: int) -> CorollaryError:
    lines = [line.strip() for line in (error or "no cause was given").splitlines()]
    return CorollaryError(
        f"{model} failed {count} times in a row",
        because=" ".join(line for line in lines if not line.startswith("try:")),
        remedy="see that the model is there, then the same command again; what was run is kept",
        exit_code=3,
    )
