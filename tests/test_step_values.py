"""The values of states: decided by a sequential test, stored run by run, halved to a wrong step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from handmade import BRIEF, STORY, call, trace_of
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from corollary_agent.budget import BudgetReached
from corollary_agent.resuming import build_resumer, find_place
from corollary_agent.trace import Trace
from corollary_datagen.chains.chain import build_chain
from corollary_datagen.chains.continuation import state_key
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.steps.judgements import first_wrong
from corollary_datagen.steps.sequential import WinTest
from corollary_datagen.steps.values import StepValues, ValueSettings
from corollary_datagen.steps.verdicts import StepGrader
from corollary_datagen.store import Store, open_store
from corollary_datagen.verdict import StepJudgement
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

WRONG = [
    call("calculate", expression="48/2"),
    call("calculate", expression="48*24"),
    call("calculate", expression="1152+0"),
    "1152",
]


class Finisher(BaseChatModel):
    """Goes on rightly from what it is shown, unless `fails` says otherwise at this run."""

    fails: Any
    asked: Any

    def __init__(self, fails: Callable[[list[BaseMessage], int], bool]) -> None:
        options: dict[str, Any] = {"fails": fails, "asked": count()}
        super().__init__(**options)

    @property
    def _llm_type(self) -> str:
        return "finisher"

    def bind_tools(self, tools: Sequence[Any], **options: Any) -> Runnable[Any, Any]:
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        said = self._said(messages, next(self.asked))
        return ChatResult(generations=[ChatGeneration(message=said)])

    def _said(self, messages: list[BaseMessage], number: int) -> AIMessage:
        results = [str(m.content) for m in messages if m.type == "tool"]
        if "1152" in results or self.fails(messages, number):
            return AIMessage("1152")
        if results[-1:] == ["72"]:
            return AIMessage("72")
        return call("calculate", expression="48+24" if "24" in results else "48/2")


class World:
    """A store and a model that goes on from the states of one wrong trace."""

    def __init__(self, store: Store, toolkit: Toolkit, fails: Any = None, **settings: Any) -> None:
        self.trace: Trace = trace_of(STORY, WRONG, toolkit, seed=1)
        self.place = find_place(STORY, self.trace, toolkit)
        model = Finisher(fails or (lambda messages, number: False))
        self.runs: list[Any] = []
        self.values = StepValues(
            store,
            build_resumer(model, toolkit, prompt=BRIEF),
            toolkit.workers,
            ValueSettings(**settings),
            self.runs.append,
        )

    def find(self) -> tuple[StepJudgement, ...]:
        return asyncio.run(self.values.find_wrong_step(self.place))


def test_the_step_after_which_no_run_ends_right_is_wrong(toolkit: Toolkit, tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        world = World(store, toolkit)
        found = world.find()
    assert [(j.step, j.judgement) for j in found] == [(0, "CORRECT"), (1, "INCORRECT")]
    assert first_wrong(found) == 1
    assert (found[-1].before, found[-1].after, found[-1].rollouts) == (1.0, 0.0, 5)
    assert len(world.runs) == 6, "one from the start, four after step 1, one before it"


def test_nothing_is_run_twice_and_a_kill_loses_one_run(toolkit: Toolkit, tmp_path: Path) -> None:
    def dies(messages: list[BaseMessage], number: int) -> bool:
        if number == 7:
            raise KeyboardInterrupt
        return False

    with open_store(tmp_path) as store:
        first = World(store, toolkit, dies)
        with pytest.raises(KeyboardInterrupt):
            first.find()
    assert 0 < len(first.runs) < 6
    with open_store(tmp_path) as store:
        second = World(store, toolkit)
        found = second.find()
        third = World(store, toolkit)
        assert third.find() == found
    assert len(first.runs) + len(second.runs) == 6
    assert third.runs == []


def test_chains_with_one_history_share_its_runs(toolkit: Toolkit, tmp_path: Path) -> None:
    other = trace_of(STORY, [WRONG[0], call("calculate", expression="24*48"), "1152"], toolkit)
    with open_store(tmp_path) as store:
        world = World(store, toolkit)
        world.find()
        before = len(world.runs)
        place = find_place(STORY, other, toolkit)
        assert first_wrong(asyncio.run(world.values.find_wrong_step(place))) == 1
    assert state_key(build_chain(other), 1) == state_key(build_chain(world.trace), 1)
    assert len(world.runs) == before + 4, "only the state after its second step is a new one"


def test_a_model_that_never_solves_it_blames_no_step(toolkit: Toolkit, tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        (found,) = World(store, toolkit, lambda messages, number: True).find()
    assert found.judgement == "UNDECIDED"
    assert "from the start, 0 of 4 runs end right" in found.reason


def test_a_state_between_the_rates_is_undecided(toolkit: Toolkit, tmp_path: Path) -> None:
    test = WinTest(hopeless=0.3, hopeful=0.7, error=0.01)
    with open_store(tmp_path) as store:
        world = World(store, toolkit, lambda messages, number: number % 2 == 0, test=test)
        (found,) = world.find()
    assert found.judgement == "UNDECIDED"
    assert found.rollouts == 6


def test_a_model_that_is_gone_ends_it_and_errors_are_no_losses(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    def fails(messages: list[BaseMessage], number: int) -> bool:
        raise RuntimeError("no server")

    with open_store(tmp_path) as store:
        world = World(store, toolkit, fails, errors=3)
        with pytest.raises(CorollaryError, match="failed 3 times in a row"):
            world.find()
        assert world.runs == []


def test_a_spent_budget_lets_what_is_under_way_end(toolkit: Toolkit, tmp_path: Path) -> None:
    def spends(messages: list[BaseMessage], number: int) -> bool:
        if number >= 3:
            raise BudgetReached("$1 is spent", because="it was", remedy="more", exit_code=3)
        return False

    with open_store(tmp_path) as store:
        world = World(store, toolkit, spends)
        store.add_problems([STORY])
        store.add_trace(world.trace, 0)
        grade_all(store, toolkit.workers)
        grader = StepGrader(store, toolkit, Meanings(toolkit.workers), world.values)
        with pytest.raises(BudgetReached):
            asyncio.run(grader.grade_all())
        chain = build_chain(world.trace)
        assert len(store.continuations(world.values.key(chain, 0))) == 1
        (verdict,) = store.verdicts()
        assert verdict.step_judgements == ()


@pytest.mark.parametrize(
    ("wins", "losses", "hope"),
    [(1, 0, "hopeful"), (0, 3, None), (0, 4, "hopeless"), (1, 1, None), (2, 1, "hopeful")],
)
def test_the_sequential_test(wins: int, losses: int, hope: str | None) -> None:
    assert WinTest().decide(wins, losses) == hope


def test_the_sequential_test_keeps_its_error() -> None:
    """At a rate of exactly `hopeless` or `hopeful`, the wrong word is about as rare as asked."""
    import random

    test, drawn = WinTest(hopeless=0.1, hopeful=0.6, error=0.1), random.Random(1)
    for rate, wrong in ((0.1, "hopeful"), (0.6, "hopeless")):
        mistakes = sum(_decided(test, rate, drawn) == wrong for _ in range(2000))
        assert mistakes / 2000 < 0.12


def _decided(test: WinTest, rate: float, drawn: Any) -> str:
    wins = losses = 0
    while (hope := test.decide(wins, losses)) is None:
        won = drawn.random() < rate
        wins, losses = wins + won, losses + (not won)
    return hope


def test_rates_in_the_wrong_order() -> None:
    with pytest.raises(ValueError, match="below hopeful"):
        WinTest(hopeless=0.5, hopeful=0.4)
