"""Twins as contrast: what the one's text asks for is the mistake under the other's prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, STORY, call
from made_pairs import build_pairs, every, graded, texts

from corollary_agent.problem import Problem
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.beside import Beside
from corollary_datagen.pairs.twin_pairs import changed_numbers, changed_slot
from corollary_datagen.store import Store, open_store
from corollary_datagen.verdict import Judgement
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit

COLD, NOT_COLD = "cold(cow)", "~cold(cow)"


def twin(problem: Problem, number: int = 0, **changes: Any) -> Problem:
    """A twin of a problem with these fields changed."""
    meta = {"twin_of": problem.id, "changed": ["", ""]}
    return problem.model_copy(update={"id": f"{problem.id}/twin/{number}", "meta": meta, **changes})


WARM = twin(
    COW,
    statements=("The cow is not cold.", COW.statements[1]),
    answer=Answer(kind="truth", value="Unknown"),
)
SIXTY = twin(
    STORY,
    question=STORY.question.replace("48", "60"),
    answer=Answer(kind="number", value="90"),
)
GOOD_WARM = [call("premise", n=1, formula=NOT_COLD), *GOOD_COW[1:3], "Unknown"]
GOOD_SIXTY = [call("calculate", expression="60/2"), call("calculate", expression="60+30"), "90"]


class Run:
    """A store with traces of several problems."""

    def __init__(self, store: Store, toolkit: Toolkit) -> None:
        self.store, self.toolkit = store, toolkit
        self.skipped: Counter[str] = Counter()

    def add(self, problem: Problem, script: Sequence[Any], judgement: Judgement) -> None:
        number = self.store.counts()["traces"]
        row = graded(problem, list(script), self.toolkit, judgement, seed=number)
        assert row.verdict
        self.store.add_problems([problem])
        self.store.add_trace(row.trace, number)
        self.store.add_verdicts([row.verdict])

    def pairs(self, beside: Beside | None = None, **settings: Any) -> list[PreferencePair]:
        self.skipped.clear()
        found = build_pairs(
            self.store,
            every(kinds=("step",), **settings),
            toolkit=self.toolkit,
            on_skip=lambda reason: self.skipped.update([reason]),
            beside=beside,
        )
        return [pair for pair in found if pair.origin == "twin"]


@pytest.fixture
def run(toolkit: Toolkit, tmp_path: Path) -> Iterator[Run]:
    with open_store(tmp_path) as store:
        yield Run(store, toolkit)


def sides(pair: PreferencePair) -> list[Any]:
    return [list(c[0][1].values())[-1] for c in (*texts(pair.chosen), *texts(pair.rejected))]


def test_a_changed_statement_makes_a_pair_either_way(run: Run) -> None:
    for script, last in ((GOOD_COW, "True"), (GOOD_WARM, "Unknown")):
        problem = COW if script is GOOD_COW else WARM
        run.add(problem, script, "CORRECT")
        run.add(problem, [*script[:-1], f"It is {last}."], "CORRECT")
    found = {pair.problem_id: pair for pair in run.pairs()}
    assert {name: sides(pair) for name, pair in found.items()} == {
        "cow": [COLD, NOT_COLD],
        "cow/twin/0": [NOT_COLD, COLD],
    }
    pair = found["cow/twin/0"]
    assert (pair.kind, pair.family, pair.error_kind) == ("step", "cow", "wrong_reading:premise")
    assert "The cow is not cold." in str(pair.prompt), "the prompt is the twin's"
    assert run.store.trace(pair.chosen_trace).problem_id == "cow/twin/0"  # type: ignore[union-attr]
    assert run.store.trace(pair.rejected_trace).problem_id == "cow"  # type: ignore[union-attr]


def test_a_changed_number_makes_a_pair_either_way(run: Run) -> None:
    run.add(STORY, GOOD_STORY, "CORRECT")
    run.add(SIXTY, GOOD_SIXTY, "CORRECT")
    assert {p.problem_id: sides(p) for p in run.pairs()} == {
        "story": ["48/2", "60/2"],
        "story/twin/0": ["60/2", "48/2"],
    }


def test_wrong_and_undecided_chains_make_none(run: Run) -> None:
    run.add(STORY, GOOD_STORY, "CORRECT")
    run.add(SIXTY, GOOD_SIXTY, "INCORRECT")
    run.add(SIXTY, GOOD_SIXTY, "UNDECIDED")
    assert not run.pairs()


def test_a_chain_that_goes_another_way_says_nothing(run: Run) -> None:
    run.add(STORY, [call("calculate", expression="48*3/2"), "72"], "CORRECT")
    run.add(SIXTY, GOOD_SIXTY, "CORRECT")
    assert not run.pairs()
    assert run.skipped == {"no right chain of the twin goes along to what was changed": 2}
    run.add(STORY, GOOD_STORY, "CORRECT")
    assert {pair.problem_id for pair in run.pairs()} == {"story", "story/twin/0"}


def test_one_reading_of_both_texts_makes_no_pair(run: Run) -> None:
    for problem in (COW, WARM):
        run.add(problem, GOOD_COW, "CORRECT")
        run.add(problem, [*GOOD_COW[:-1], "It is True."], "CORRECT")
    assert not run.pairs(), "one of the two is right by luck, and nobody knows which"


def test_one_right_chain_alone_does_not_settle_a_reading(run: Run) -> None:
    run.add(COW, GOOD_COW, "CORRECT")
    run.add(WARM, GOOD_WARM, "CORRECT")
    assert not run.pairs()
    assert run.skipped["the right chains disagree"] == 2


def test_a_twin_without_its_problem_makes_none(run: Run) -> None:
    run.add(SIXTY, GOOD_SIXTY, "CORRECT")
    assert not run.pairs()


def test_what_only_looks_like_a_twin_is_none(run: Run) -> None:
    run.add(STORY, GOOD_STORY, "CORRECT")
    run.add(SIXTY.model_copy(update={"meta": {}}), GOOD_SIXTY, "CORRECT")
    assert not run.pairs()


def test_twins_of_one_problem_are_each_set_beside_it(run: Run) -> None:
    other = twin(
        STORY,
        1,
        question=STORY.question.replace("48", "50"),
        answer=Answer(kind="number", value="75"),
    )
    run.add(STORY, GOOD_STORY, "CORRECT")
    run.add(SIXTY, GOOD_SIXTY, "CORRECT")
    fifty = [call("calculate", expression="50/2"), call("calculate", expression="50+25"), "75"]
    run.add(other, fifty, "CORRECT")
    assert [(pair.problem_id, sides(pair)[1]) for pair in run.pairs()] == [
        ("story", "60/2"),
        ("story", "50/2"),
        ("story/twin/0", "48/2"),
        ("story/twin/1", "48/2"),
    ]
    beside = Beside(run.store, without={"story"})
    assert not [p for p in run.pairs(beside) if "/twin/" in p.problem_id], "it was set aside"
    assert len(run.pairs(step_cap=1)) == 3


def test_where_more_than_one_thing_differs_nothing_is_said() -> None:
    assert changed_slot(COW, WARM) == ("premise", "1")
    assert changed_slot(COW, WARM.model_copy(update={"question": "?"})) is None
    both = ("The cow is not cold.", "All is well.")
    assert changed_slot(COW, WARM.model_copy(update={"statements": both})) is None
    assert changed_numbers(SIXTY, STORY) == ("48", "60")
    assert changed_numbers(STORY, STORY) is None
    worded = STORY.question.replace("48 clips", "60 stamps")
    assert changed_numbers(STORY, SIXTY.model_copy(update={"question": worded})) is None
