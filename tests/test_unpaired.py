"""Unpaired rows: from problems on which all agree, labelled, capped, balanced, never undecided."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, call, trace_of
from made_pairs import cow, every, graded, story, texts
from pydantic import ValidationError

from corollary_agent.prompt import PromptSettings
from corollary_datagen.pairs import PairSettings
from corollary_datagen.pairs.agreement import build_unpaired
from corollary_datagen.unpaired import UnpairedRow
from corollary_datagen.verdict import Graded, StepJudgement
from corollary_tools.toolkit import Toolkit


def rows(
    source: list[Graded], toolkit: Toolkit, settings: PairSettings | None = None, **rest: Any
) -> list[UnpairedRow]:
    return list(build_unpaired(source, settings or PairSettings(), toolkit=toolkit, **rest))


def test_all_right_is_true_and_all_wrong_is_false(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    wrong = story(toolkit, "INCORRECT", call("calculate", expression="48*2"), "96")
    one, other = rows([right, wrong], toolkit)
    assert (one.label, one.trace, one.family) == (True, right.trace.id, "cow")
    assert texts(one.prompt) == ["1. The cow is cold."]
    assert texts(one.completion)[-1] == "True"
    assert one.tools == toolkit.schemas()
    assert (other.label, texts(other.completion)[-1]) == (False, "96")


def test_where_they_differ_there_is_none(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    wrong = cow(toolkit, "INCORRECT", GOOD_COW[0], "False")
    assert rows([right, wrong], toolkit) == []


def test_undecided_makes_none_and_hides_no_agreement(toolkit: Toolkit) -> None:
    lucky = cow(toolkit, "UNDECIDED", GOOD_COW[0], "True")
    unjudged = Graded(COW, trace_of(COW, ["False"], toolkit), None)
    assert rows([lucky, unjudged], toolkit) == []
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    assert [row.trace for row in rows([lucky, unjudged, right], toolkit)] == [right.trace.id]


def test_a_wrong_chain_that_was_cut_off_is_not_called_wrong(toolkit: Toolkit) -> None:
    cut = cow(toolkit, "INCORRECT", GOOD_COW[0], "premise(n=2", "premise(n=", "premise(")
    told: Counter[str] = Counter()
    assert rows([cut], toolkit, on_skip=lambda why: told.update([why])) == []
    assert told == {"the wrong chain was cut off before it shows what is wrong": 1}


def test_twins_count_once_and_the_cap_takes_the_silly_last(toolkit: Toolkit) -> None:
    tried = [call("calculate", expression="48*2"), "96"]
    source = [story(toolkit, "INCORRECT", str(n), seed=n) for n in range(5)]
    source += [story(toolkit, "INCORRECT", *tried, seed=n) for n in (7, 8)]
    settings = every(unpaired_cap=2)
    found = rows(source, toolkit, settings)
    assert len(found) == 2
    assert ["calculate"] in [
        [c[0] for m in texts(row.completion) if isinstance(m, list) for c in m] for row in found
    ]
    assert {row.trace for row in rows(source[::-1], toolkit, settings)} >= {found[0].trace}
    assert len(rows(source, toolkit, every(unpaired_cap=99))) == 6


def test_neither_label_floods(toolkit: Toolkit) -> None:
    source = [
        graded(COW.model_copy(update={"id": f"cow{n}"}), GOOD_COW, toolkit, "CORRECT", seed=n)
        for n in range(9)
    ]
    source.append(story(toolkit, "INCORRECT", call("calculate", expression="1+1"), "2"))
    labels = Counter(row.label for row in rows(source, toolkit, every(label_balance=1.0)))
    assert labels == {True: 5, False: 1}
    assert len(rows(source, toolkit, every(label_balance=None))) == 10
    assert len(rows(source[:9], toolkit, every(label_balance=1.0))) == 9, "one label alone stays"


def test_in_text_form_calls_are_words(toolkit: Toolkit) -> None:
    prompt = PromptSettings(form="text", style="full")
    (row,) = rows([story(toolkit, "CORRECT", *GOOD_STORY)], toolkit, every(prompt=prompt))
    assert texts(row.completion)[0] == 'calculate(expression="48/2")'
    assert row.tools == ()


def test_a_row_is_closed_and_frozen(toolkit: Toolkit) -> None:
    (row,) = rows([story(toolkit, "CORRECT", *GOOD_STORY)], toolkit)
    body = row.model_dump()
    for wrong in ({"weight": 0}, {"weight": -1}, {"extra": 1}, {"version": 2}):
        with pytest.raises(ValidationError):
            UnpairedRow.model_validate({**body, **wrong})
    assert UnpairedRow.model_validate_json(row.model_dump_json()) == row


def test_an_unread_stream_may_be_dropped(toolkit: Toolkit) -> None:
    stream = build_unpaired([story(toolkit, "CORRECT", *GOOD_STORY)], every(), toolkit=toolkit)
    with closing(stream):
        pass
    assert list(stream) == []


def test_where_steps_were_judged_the_row_is_the_first_wrong_one(toolkit: Toolkit) -> None:
    row = cow(toolkit, "INCORRECT", GOOD_COW[0], call("premise", n=2, formula="nice(cow)"), "False")
    assert row.verdict
    judged = [
        StepJudgement(step=0, judgement="CORRECT", method="statements"),
        StepJudgement(step=1, judgement="INCORRECT", method="statements"),
        StepJudgement(step=2, judgement="INCORRECT", method="statements"),
    ]
    verdict = row.verdict.model_copy(update={"step_judgements": tuple(judged)})
    (found,) = rows([Graded(row.problem, row.trace, verdict)], toolkit)
    assert not found.label
    assert texts(found.completion) == [[("premise", {"n": 2, "formula": "nice(cow)"})]]
    assert texts(found.prompt)[-1] == "2. If something is cold then it is nice."
