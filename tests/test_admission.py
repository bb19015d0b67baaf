"""Which traces may stand in pairs, and which failed attempts may be rejected."""

from __future__ import annotations

from collections import Counter
from typing import Any

from handmade import COW, GOOD_COW, GOOD_STORY, RULE, call, trace_of
from langchain_core.messages import AIMessage
from made_pairs import build_pairs, cow, every, story, texts

from corollary_agent.prompt import PromptSettings
from corollary_agent.trace import Attempt, Step
from corollary_datagen.pairs import PairSettings
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit, load_toolkit

WHOLE = PromptSettings(style="full", reading="whole")
AT_ONCE = call("prove", conclusion="nice(cow)", premises=["cold(cow)", RULE])
FOREIGN = "calls tools that toolkit arithmetic does not have"
UNSEEN = "read as a whole: the prompt of the pairs shows one statement at a time"


def told(rows: list[Graded], settings: PairSettings, toolkit: Toolkit) -> tuple[int, Counter[str]]:
    reasons: Counter[str] = Counter()
    pairs = build_pairs(rows, settings, toolkit=toolkit, on_skip=lambda why: reasons.update([why]))
    return len(pairs), reasons


def test_calls_of_tools_that_are_not_there_are_refused_on_both_sides(toolkit: Toolkit) -> None:
    solved = [call("solve", equations=["x = 48/2"]), *GOOD_STORY]
    wrong = [call("solve", equations=["x = 48"]), "48"]
    small = load_toolkit("arithmetic", toolkit.workers)
    rows = [story(toolkit, "CORRECT", *solved), story(toolkit, "INCORRECT", *wrong)]
    assert told(rows, every(), small) == (0, Counter({FOREIGN: 2}))
    rows[0] = story(toolkit, "CORRECT", *GOOD_STORY)
    assert told(rows, every(), small) == (0, Counter({FOREIGN: 1}))
    assert told(rows, every(), toolkit)[0] == 2


def test_a_chain_that_read_the_whole_problem_cannot_stand_at_the_desk(toolkit: Toolkit) -> None:
    at_once = cow(toolkit, "CORRECT", AT_ONCE, "True", prompt=WHOLE)
    wrong = cow(toolkit, "INCORRECT", GOOD_COW[0], "False")
    assert told([at_once, wrong], every(), toolkit) == (0, Counter({UNSEEN: 1}))
    pairs, _ = told([at_once, wrong], every(prompt=WHOLE), toolkit)
    assert pairs == 2, "under a prompt that shows everything it may"
    read = cow(toolkit, "CORRECT", *GOOD_COW, prompt=WHOLE)
    assert told([read, wrong], every(), toolkit)[0] == 2, "it was shown the question at the desk"


def with_attempt(row: Graded, step: int, text: str, fault: Any) -> Graded:
    """The same trace as if this message had come before one of its steps."""
    attempt = Attempt(text=text, fault=fault, told="no")
    steps = list(row.trace.steps)
    steps[step] = Step.model_validate({**steps[step].model_dump(), "attempts": (attempt,)})
    changed = row.trace.model_copy(update={"steps": tuple(steps)})
    return Graded(row.problem, changed, row.verdict)


REPAIR = every(kinds=("repair",))


def test_an_attempt_that_this_toolkit_takes_is_no_mistake(toolkit: Toolkit) -> None:
    row = story(toolkit, "CORRECT", *GOOD_STORY)
    text = 'solve(equations=["x = 48/2"])'
    unknown = with_attempt(row, 0, text, "unknown_tool")
    assert told([unknown], REPAIR, toolkit) == (
        0,
        Counter({"an attempt that this toolkit takes": 1}),
    )
    small = load_toolkit("arithmetic", toolkit.workers)
    (pair,) = build_pairs([unknown], REPAIR, toolkit=small)
    assert pair.error_kind == "unknown_tool"
    lacking = with_attempt(row, 0, "calculate(text=3)", "bad_arguments")
    (pair,) = build_pairs([lacking], REPAIR, toolkit=toolkit)
    assert pair.error_kind == "bad_arguments:calculate"


def test_a_call_as_words_is_a_mistake_in_native_form_alone(toolkit: Toolkit) -> None:
    row = story(toolkit, "CORRECT", *GOOD_STORY)
    words = with_attempt(row, 0, 'calculate(expression="48 / 2")', "malformed_call")
    (pair,) = build_pairs([words], REPAIR, toolkit=toolkit)
    assert texts(pair.rejected) == ['calculate(expression="48 / 2")']
    text = every(kinds=("repair",), prompt=PromptSettings(form="text", style="full"))
    reason = "an attempt that the text form takes"
    assert told([words], text, toolkit) == (0, Counter({reason: 1}))
    broken = with_attempt(row, 0, 'calculate(expression="48 / 2"', "malformed_call")
    assert told([broken], text, toolkit)[0] == 1


def test_a_refused_call_of_the_right_tool_may_have_been_right(toolkit: Toolkit) -> None:
    row = story(toolkit, "CORRECT", *GOOD_STORY)
    same = with_attempt(row, 0, 'calculate(expression="48*0.5")', "refused_call")
    reason = "a refused call of the tool that is right there"
    assert told([same], REPAIR, toolkit) == (0, Counter({reason: 1}))
    other = with_attempt(row, 0, 'solve(equations=["x = 2"])', "refused_call")
    assert told([other], REPAIR, toolkit)[0] == 1


def edited(row: Graded, judgement: str | None) -> Graded:
    changed = with_attempt(row, 1, 'premise(n=2, formula="nice(cow)")', "edited_call")
    if judgement is None:
        return Graded(row.problem, changed.trace, None)
    assert row.verdict
    return Graded(
        row.problem, changed.trace, row.verdict.model_copy(update={"judgement": judgement})
    )


def test_a_persons_edit_counts_unless_its_chain_went_wrong(toolkit: Toolkit) -> None:
    row = cow(toolkit, "CORRECT", *GOOD_COW)
    for judgement, pairs in (("CORRECT", 1), ("UNDECIDED", 1), (None, 1), ("INCORRECT", 0)):
        assert told([edited(row, judgement)], REPAIR, toolkit)[0] == pairs, judgement


def test_an_edit_that_failed_is_not_chosen(toolkit: Toolkit) -> None:
    failing: list[AIMessage | str] = [GOOD_COW[0], call("premise", n=2, formula="nice("), "True"]
    row = cow(toolkit, "UNDECIDED", *failing)
    assert told([edited(row, "UNDECIDED")], REPAIR, toolkit)[0] == 0


def test_an_ungraded_run_without_edits_makes_nothing(toolkit: Toolkit) -> None:
    rows = [Graded(COW, trace_of(COW, GOOD_COW, toolkit), None)]
    assert told(rows, PairSettings(), toolkit) == (0, Counter())
    assert told([], PairSettings(), toolkit) == (0, Counter())
