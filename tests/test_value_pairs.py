"""Pairs from stored continuations: by win rate, at the first wrong step, and what makes none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, RULE, STORY, call, trace_of
from made_pairs import build_pairs, every, graded, texts

from corollary_agent.problem import Problem
from corollary_datagen.chains.chain import build_chain
from corollary_datagen.chains.continuation import Continuation, state_key
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store import Store, open_store
from corollary_datagen.verdict import Graded, Judgement
from corollary_tools.toolkit import Toolkit

LOST = [call("calculate", expression="48*24"), call("calculate", expression="1152+0"), "1152"]
HALF = call("calculate", expression="48/2")
WRONG = [HALF, *LOST]
OUTCOMES: dict[str, Judgement] = {"+": "CORRECT", "-": "INCORRECT", "?": "UNDECIDED"}


class Run:
    """A store with traces of one problem, to which runs from their states are added."""

    def __init__(self, store: Store, toolkit: Toolkit, problem: Problem = STORY) -> None:
        self.store, self.toolkit, self.problem = store, toolkit, problem
        self.traces: list[Graded] = []
        self.skipped: Counter[str] = Counter()

    def trace(self, script: Sequence[Any], judgement: Judgement, **options: Any) -> Graded:
        seed = len(self.traces)
        row = graded(self.problem, list(script), self.toolkit, judgement, seed=seed, **options)
        assert row.verdict
        self.store.add_problems([self.problem])
        self.store.add_trace(row.trace, seed)
        self.store.add_verdicts([row.verdict])
        self.traces.append(row)
        return row

    def runs(self, script: Sequence[Any], steps: int, outcomes: str, model: str = "m") -> None:
        """Store runs that keep `steps` moves of a script: + right, - wrong, ? undecided."""
        trace = trace_of(self.problem, script, self.toolkit, model=model)
        state = state_key(build_chain(trace), steps)
        for number, outcome in enumerate(outcomes):
            sample = number + 100 * len(self.skipped) + self._made()
            run = Continuation(
                state=state,
                model=model,
                settings="s",
                sample=sample,
                judgement=OUTCOMES[outcome],
                reason="by hand",
                trace=trace,
            )
            self.store.add_continuation(run)

    def _made(self) -> int:
        query = "SELECT count(*) FROM continuations"
        return int(self.store._connection.execute(query).fetchone()[0])

    def store_states(self) -> set[str]:
        """The states that there are runs from."""
        rows = self.store._connection.execute("SELECT DISTINCT state FROM continuations")
        return {state for (state,) in rows}

    def pairs(self, **settings: Any) -> list[PreferencePair]:
        self.skipped.clear()
        chosen = every(kinds=("step",), **settings)
        found = build_pairs(
            self.store,
            chosen,
            toolkit=self.toolkit,
            on_skip=lambda reason: self.skipped.update([reason]),
        )
        return [pair for pair in found if pair.origin in ("value", "first_wrong")]


@pytest.fixture
def run(toolkit: Toolkit, tmp_path: Path) -> Iterator[Run]:
    with open_store(tmp_path) as store:
        yield Run(store, toolkit)


def test_a_hopeless_decision_is_rejected_and_the_one_that_wins_is_chosen(run: Run) -> None:
    wrong = run.trace(WRONG, "INCORRECT")
    run.runs(GOOD_STORY, 1, "+")
    run.runs(WRONG, 2, "----")
    [pair] = run.pairs()
    assert (pair.kind, pair.origin, pair.margin) == ("step", "value", 1.0)
    assert texts(pair.chosen) == [[("calculate", {"expression": "48+24"})]]
    assert texts(pair.rejected) == [[("calculate", {"expression": "48*24"})]]
    assert pair.prompt[-1]["content"] == "24", "both after the identical history"
    assert pair.error_kind == "wrong_call:calculate"
    assert pair.chosen_trace == pair.rejected_trace == wrong.trace.id, "whose state it was"


def test_a_side_names_the_stored_trace_that_made_the_decision(run: Run) -> None:
    wrong = run.trace(WRONG, "INCORRECT")
    other = run.trace([*GOOD_STORY[:2], "24"], "INCORRECT")
    run.runs(GOOD_STORY, 1, "+")
    run.runs(WRONG, 2, "----")
    [pair] = run.pairs()
    assert (pair.chosen_trace, pair.rejected_trace) == (other.trace.id, wrong.trace.id)


@pytest.mark.parametrize(
    ("chosen", "rejected"),
    [("+", "---"), ("+", "???????"), ("?", "----"), ("+", "-+---"), ("", "----")],
)
def test_what_is_not_decided_makes_no_pair(run: Run, chosen: str, rejected: str) -> None:
    run.trace(WRONG, "INCORRECT")
    run.runs(GOOD_STORY, 1, chosen)
    run.runs(WRONG, 2, rejected)
    assert not run.pairs()


def test_the_test_of_the_win_rates_is_a_setting(run: Run) -> None:
    run.trace(WRONG, "INCORRECT")
    run.runs(GOOD_STORY, 1, "+")
    run.runs(WRONG, 2, "--")
    assert not run.pairs()
    assert run.pairs(win_test={"hopeless": 0.05, "hopeful": 0.9, "error": 0.1})


def test_two_models_are_not_compared_with_each_other(run: Run) -> None:
    run.trace(WRONG, "INCORRECT")
    run.runs(GOOD_STORY, 1, "+", model="strong")
    run.runs(WRONG, 2, "----", model="weak")
    assert not run.pairs(), "nobody knows how the weak one fares after the other decision"
    run.runs(WRONG, 2, "----", model="strong")
    assert len(run.pairs()) == 1
    run.runs(WRONG, 2, "+", model="third")
    assert not run.pairs(), "another model wins after it"


def test_a_right_chain_that_made_the_move_saves_it(run: Run) -> None:
    run.trace(WRONG, "INCORRECT")
    run.runs(GOOD_STORY, 1, "+")
    run.runs(WRONG, 2, "----")
    run.trace([HALF, call("calculate", expression="1152*1"), HALF, "72"], "CORRECT")
    assert not run.pairs()
    assert run.skipped["a right chain or a winning run made the same move"] == 1


def test_another_spelling_of_the_same_call_makes_no_pair(run: Run) -> None:
    run.trace([HALF, call("calculate", expression="24+48"), *LOST], "INCORRECT")
    run.runs(GOOD_STORY, 1, "+")
    run.runs([HALF, call("calculate", expression="24+48"), *LOST], 2, "----")
    assert not run.pairs()
    assert run.skipped["same meaning"] == 1


def test_the_first_wrong_step_stands_against_a_winning_run_from_before_it(run: Run) -> None:
    wrong = run.trace(WRONG, "INCORRECT", first_wrong=1)
    run.runs(GOOD_STORY, 1, "+")
    [pair] = run.pairs()
    assert pair.origin == "first_wrong"
    assert texts(pair.chosen) == [[("calculate", {"expression": "48+24"})]]
    assert texts(pair.rejected) == [[("calculate", {"expression": "48*24"})]]
    assert pair.rejected_trace == wrong.trace.id
    run.runs(WRONG, 2, "----")
    assert [one.origin for one in run.pairs()] == ["first_wrong"], "and not twice"


def test_a_step_after_which_runs_end_right_is_not_rejected_for_what_a_verdict_says(
    run: Run,
) -> None:
    run.trace(WRONG, "INCORRECT", first_wrong=1)
    run.runs(GOOD_STORY, 1, "+")
    mended = [*WRONG[:2], call("calculate", expression="24+48"), "72"]
    run.runs(mended, 2, "-+")
    assert run.pairs()[0].margin == 0.5, "undecided"
    run.runs(mended, 2, "++")
    assert not run.pairs()
    assert run.skipped["runs end right after the step that is called wrong"] == 1


def test_a_run_with_another_history_than_its_state_counts_for_nothing(run: Run) -> None:
    run.trace(WRONG, "INCORRECT", first_wrong=1)
    run.runs(GOOD_STORY, 1, "+")
    [kept] = [run.store.runs_from(key) for key in run.store_states()]
    other = trace_of(STORY, [call("calculate", expression="48/3"), *GOOD_STORY[1:]], run.toolkit)
    run.store.add_continuation(kept[0].model_copy(update={"trace": other}))
    assert not run.pairs()


def test_a_wrong_answer_is_a_first_wrong_step_too(run: Run) -> None:
    script = [HALF, call("calculate", expression="48+24"), "24"]
    run.trace(script, "INCORRECT", first_wrong=2)
    run.runs(GOOD_STORY, 2, "+")
    [pair] = run.pairs()
    assert (texts(pair.chosen), texts(pair.rejected)) == (["72"], ["24"])


def test_the_wrong_step_of_a_right_or_undecided_trace_counts_for_nothing(run: Run) -> None:
    run.trace(WRONG, "UNDECIDED", first_wrong=1)
    run.trace([*WRONG[:-1], call("calculate", expression="48+24"), "72"], "CORRECT", first_wrong=1)
    run.runs(GOOD_STORY, 1, "+")
    assert not run.pairs()


def test_only_wanted_models_write_a_side(run: Run) -> None:
    run.trace(WRONG, "INCORRECT", first_wrong=1)
    run.runs(GOOD_STORY, 1, "+", model="other")
    assert run.pairs()
    assert not run.pairs(models=("scripted",))


def test_a_statement_read_otherwise_than_most_is_not_chosen(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    odd = [call("premise", n=1, formula="nice(cow)"), *GOOD_COW[1:]]
    lost = [call("premise", n=1, formula="~cold(cow)"), *GOOD_COW[1:3], "False"]
    with open_store(tmp_path) as store:
        run = Run(store, toolkit, COW)
        run.trace(GOOD_COW, "CORRECT")
        run.trace([*GOOD_COW[:-1], "It is True"], "CORRECT")
        run.trace(lost, "INCORRECT", first_wrong=0)
        run.runs(odd, 0, "+")
        assert not run.pairs()
        assert run.skipped["the winning run reads a statement otherwise than most"] == 1


def test_a_mended_reading_of_the_history_is_chosen(toolkit: Toolkit, tmp_path: Path) -> None:
    misread = [call("premise", n=1, formula="~cold(cow)"), call("premise", n=2, formula=RULE)]
    mended = [*misread, call("premise", n=1, formula="cold(cow)"), *GOOD_COW[2:]]
    blind = [*misread, call("prove", conclusion="nice(cow)"), "True"]
    with open_store(tmp_path) as store:
        run = Run(store, toolkit, COW)
        run.trace(GOOD_COW, "CORRECT")
        run.trace([*GOOD_COW[:-1], "It is True"], "CORRECT")
        run.trace([*misread, "False"], "INCORRECT", first_wrong=2)
        run.runs(blind, 2, "+")
        assert not run.pairs(), "right by luck after a wrong reading"
        run.runs(mended, 2, "++")
        [pair] = run.pairs()
        assert texts(pair.chosen) == [[("premise", {"n": 1, "formula": "cold(cow)"})]]


def test_without_a_store_nothing_is_looked_up(run: Run) -> None:
    run.trace(WRONG, "INCORRECT", first_wrong=1)
    run.runs(GOOD_STORY, 1, "+")
    assert build_pairs(run.traces, every(kinds=("step",)), toolkit=run.toolkit) == []
    assert not run.pairs(step_cap=0)
