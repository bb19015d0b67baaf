"""The second route: certificates from formulas that were checked, and what they may not decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from handmade import COW, GOOD_COW, RULE, STORY, call, trace_of

from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.grading.certifying import Certifying
from corollary_datagen.grading.established import establish
from corollary_datagen.grading.formalisation import gold_formalisation, read_formalisation
from corollary_datagen.grading.judging import Grader, grade
from corollary_datagen.grading.readings import Readings
from corollary_datagen.verdict import Graded, Verdict
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit
from corollary_tools.worker import Workers

HIDDEN = COW.model_copy(update={"answer": None})
FORMULAS = {"formulas": ["cold(cow)", RULE], "conclusion": "nice(cow)"}
TOLD = COW.model_copy(update={"meta": FORMULAS})
RESPELT = [
    call("premise", n=1, formula="cold(cow)"),
    call("premise", n=2, formula="forall y. ~cold(y) | nice(y)"),
    call("prove", conclusion="nice(cow)"),
    "True",
]
MISREAD = [
    GOOD_COW[0],
    call("premise", n=2, formula="forall x. nice(x) -> cold(x)"),
    call("prove", conclusion="nice(cow)"),
    "Unknown",
]
WHOLE = [call("prove", premises=["cold(cow)", RULE], conclusion="nice(cow)"), "True"]
ISLAND = Problem(
    id="island",
    source="hand",
    split="train",
    family="island",
    domain="constraints",
    statements=("Ann says Bob is a knave.", "Bob says both of them are knights."),
    question="Who is what?",
    asks="assignment",
    answer=Answer(kind="assignment", value={"Ann": "knight", "Bob": "knave"}),
    meta={"formulas": ["ann <-> ~bob", "bob <-> ann & bob"]},
)
EQUATIONS = STORY.model_copy(
    update={
        "question": "The sum of two numbers is 7 and their difference 1. What are they?",
        "asks": "set",
        "answer": None,
        "meta": {"equations": ["m + n = 7", "m - n = 1"]},
    }
)
PLACES = Problem(
    id="places",
    source="hand",
    split="train",
    family="places",
    domain="constraints",
    statements=("There are two birds: an owl and a robin.", "The owl is left of the robin."),
    question="Which is true?",
    options=("The owl is second.", "The owl is first."),
    asks="choice",
    meta={
        "variables": [{"names": ["owl", "robin"], "values": ["1..2"], "distinct": True}],
        "formulas": ["true", "owl < robin"],
        "option_formulas": ["owl == 2", "owl == 1"],
    },
)


def by(trace: Trace, model: str = "a", *, seed: int = 0, temperature: float = 1.0) -> Trace:
    """The trace as if that model had drawn it."""
    sampling = Sampling(seed=seed, temperature=temperature)
    where = f"{trace.id}-{model}-{seed}"
    return trace.model_copy(update={"model": model, "sampling": sampling, "id": where})


def judged(problem: Problem, traces: Sequence[Trace], workers: Workers) -> list[Verdict]:
    rows = Grader(workers).of_problem([Graded(problem, trace, None) for trace in traces])
    return [row.verdict for row in rows if row.verdict]


def made(problem: Problem, script: list[Any], toolkit: Toolkit) -> Trace:
    return trace_of(problem, script, toolkit)


def test_gold_formulas_certify_without_a_gold_answer(toolkit: Toolkit) -> None:
    untold = TOLD.model_copy(update={"answer": None})
    right, misread = (made(untold, script, toolkit) for script in (RESPELT, MISREAD))
    verdict = grade(untold, right, toolkit.workers)
    assert (verdict.judgement, verdict.route) == ("CORRECT", "certificate")
    wrong = grade(untold, misread, toolkit.workers)
    assert (wrong.judgement, wrong.route) == ("INCORRECT", "certificate")
    assert "True follows from the gold formulas" in wrong.reason


def test_a_right_answer_by_a_wrong_reading_is_luck(toolkit: Toolkit) -> None:
    also = "forall x. nice(x) <-> cold(x)"
    lucky = [GOOD_COW[0], call("premise", n=2, formula=also), *GOOD_COW[2:]]
    for problem in (TOLD, TOLD.model_copy(update={"answer": None})):
        verdict = grade(problem, made(problem, lucky, toolkit), toolkit.workers)
        assert verdict.judgement == "UNDECIDED"
        assert "unsupported: it reads statement 2 as" in verdict.reason


def test_the_right_answer_to_another_question_is_luck(toolkit: Toolkit) -> None:
    other = [*GOOD_COW[:2], call("prove", conclusion="nice(cow) | cold(cow)"), "True"]
    verdict = grade(TOLD, made(TOLD, other, toolkit), toolkit.workers)
    assert verdict.judgement == "UNDECIDED"
    assert "it asks nice(cow) | cold(cow)" in verdict.reason


def test_routes_that_disagree_decide_nothing(toolkit: Toolkit) -> None:
    mislabelled = TOLD.model_copy(update={"answer": Answer(kind="truth", value="False")})
    for script in (GOOD_COW, [*GOOD_COW[:3], "False"]):
        verdict = grade(mislabelled, made(mislabelled, script, toolkit), toolkit.workers)
        assert verdict.judgement == "UNDECIDED"
        assert verdict.reason.startswith("the routes disagree: gold says")
        assert [finding.route for finding in verdict.findings] == ["gold", "certificate"]


def test_one_reading_certifies_nothing(toolkit: Toolkit) -> None:
    trace = made(HIDDEN, GOOD_COW, toolkit)
    greedy = [by(trace, seed=seed, temperature=0.0) for seed in range(3)]
    for traces in ([trace], greedy):
        for verdict in judged(HIDDEN, traces, toolkit.workers):
            assert verdict.judgement == "UNDECIDED"
            assert "no two independent readings" in verdict.reason


@pytest.mark.parametrize("others", [{"model": "b"}, {"seed": 1}])
def test_two_readings_that_agree_certify(others: dict[str, Any], toolkit: Toolkit) -> None:
    first, second = (made(HIDDEN, script, toolkit) for script in (GOOD_COW, RESPELT))
    third = by(made(HIDDEN, MISREAD, toolkit), "c")
    found = judged(HIDDEN, [by(first), by(second, **others), third], toolkit.workers)
    assert [verdict.judgement for verdict in found] == ["CORRECT", "CORRECT", "INCORRECT"]
    assert {verdict.route for verdict in found} == {"certificate"}


def test_a_reading_in_one_call_agrees_with_one_at_the_desk(toolkit: Toolkit) -> None:
    traces = [by(made(HIDDEN, s, toolkit), m) for s, m in ((GOOD_COW, "a"), (WHOLE, "b"))]
    found = judged(HIDDEN, traces, toolkit.workers)
    assert [verdict.judgement for verdict in found] == ["CORRECT", "CORRECT"]


def test_two_against_two_certify_nothing(toolkit: Toolkit) -> None:
    good, bad = made(HIDDEN, GOOD_COW, toolkit), made(HIDDEN, MISREAD, toolkit)
    traces = [by(trace, model) for trace in (good, bad) for model in "ab"]
    assert {v.judgement for v in judged(HIDDEN, traces, toolkit.workers)} == {"UNDECIDED"}


def test_samples_of_one_model_question_no_gold_answer(toolkit: Toolkit) -> None:
    misread = made(COW, MISREAD, toolkit)
    alone = [by(misread, seed=seed) for seed in range(3)]
    assert {v.judgement for v in judged(COW, alone, toolkit.workers)} == {"INCORRECT"}
    several = [by(misread, model) for model in "abc"]
    for verdict in judged(COW, several, toolkit.workers):
        assert verdict.judgement == "UNDECIDED"
        assert "certificate says right" in verdict.reason


def test_an_outvoted_reading_is_luck(toolkit: Toolkit) -> None:
    also = "forall x. nice(x) <-> cold(x)"
    lucky = [GOOD_COW[0], call("premise", n=2, formula=also), *GOOD_COW[2:]]
    scripts = (GOOD_COW, RESPELT, lucky)
    traces = [by(made(COW, script, toolkit), seed=n) for n, script in enumerate(scripts)]
    found = judged(COW, traces, toolkit.workers)
    assert [verdict.judgement for verdict in found] == ["CORRECT", "CORRECT", "UNDECIDED"]
    assert "it reads statement 2 as forall x. nice(x) <-> cold(x)" in found[2].reason
    assert "by the vote of right chains" in found[2].reason


def test_two_models_that_drop_a_name_certify_nothing_against_the_one_that_has_it(
    toolkit: Toolkit,
) -> None:
    cow = COW.model_copy(
        update={"statements": ("The cow is cold.", "If the cow is cold then the cow is nice.")}
    )
    plain = call("premise", n=2, formula="cold(cow) -> nice(cow)")
    whole = made(cow, [GOOD_COW[0], plain, *GOOD_COW[2:]], toolkit)
    dropped = made(cow, GOOD_COW, toolkit)
    traces = [by(whole, "a"), by(dropped, "b"), by(dropped, "c")]
    found = judged(cow, traces, toolkit.workers)
    assert [v.judgement for v in found] == ["CORRECT", "UNDECIDED", "UNDECIDED"]
    hidden = cow.model_copy(update={"answer": None})
    assert {v.judgement for v in judged(hidden, traces, toolkit.workers)} == {"UNDECIDED"}
    assert {v.judgement for v in judged(hidden, traces[1:], toolkit.workers)} == {"CORRECT"}


def test_other_names_are_not_outvoted(toolkit: Toolkit) -> None:
    other = [
        call("premise", n=1, formula="chilly(cow)"),
        call("premise", n=2, formula="forall x. chilly(x) -> nice(x)"),
        *GOOD_COW[2:],
    ]
    scripts = (GOOD_COW, RESPELT, other)
    traces = [by(made(COW, script, toolkit), seed=n) for n, script in enumerate(scripts)]
    assert {v.judgement for v in judged(COW, traces, toolkit.workers)} == {"CORRECT"}


def test_names_in_capitals_are_the_same_names(toolkit: Toolkit) -> None:
    loud = [
        call("premise", n=1, formula="Cold(Cow)"),
        call("premise", n=2, formula="forall x. Cold(x) -> Nice(x)"),
        call("prove", conclusion="Nice(Cow)"),
        "True",
    ]
    verdict = grade(TOLD, made(TOLD, loud, toolkit), toolkit.workers)
    assert verdict.judgement == "CORRECT"


def test_other_names_cannot_be_compared_and_refute_nothing(toolkit: Toolkit) -> None:
    other = [
        call("premise", n=1, formula="frozen(bessie)"),
        call("premise", n=2, formula="forall x. frozen(x) -> nice(x)"),
        call("prove", conclusion="nice(bessie)"),
        "True",
    ]
    assert grade(TOLD, made(TOLD, other, toolkit), toolkit.workers).judgement == "CORRECT"
    untold = TOLD.model_copy(update={"answer": None})
    verdict = grade(untold, made(untold, other, toolkit), toolkit.workers)
    assert verdict.judgement == "UNDECIDED"
    assert "cannot be compared" in verdict.reason


def test_an_assignment_is_certified_whole(toolkit: Toolkit) -> None:
    script = [
        call("premise", n=1, formula="ann <-> ~bob"),
        call("premise", n=2, formula="bob <-> (bob & ann)"),
        call("find"),
    ]
    untold = ISLAND.model_copy(update={"answer": None})
    for problem in (ISLAND, untold):
        good = made(problem, [*script, "Ann is a knight, Bob is a knave"], toolkit)
        assert grade(problem, good, toolkit.workers).judgement == "CORRECT"
        part = good.model_copy(
            update={"answer": Answer(kind="assignment", value={"Ann": "knight"})}
        )
        assert grade(problem, part, toolkit.workers).judgement == "INCORRECT"


def test_equations_are_certified_by_their_solution(toolkit: Toolkit) -> None:
    script = [call("solve", equations=["m - n = 1", "m+n=7"]), "3, 4"]
    verdict = grade(EQUATIONS, made(EQUATIONS, script, toolkit), toolkit.workers)
    assert (verdict.judgement, verdict.route) == ("CORRECT", "certificate")
    wrong = made(EQUATIONS, [call("solve", equations=["m + n = 7", "m = n"]), "3.5"], toolkit)
    assert grade(EQUATIONS, wrong, toolkit.workers).judgement == "INCORRECT"


def test_a_choice_needs_its_declaration(toolkit: Toolkit) -> None:
    script = [
        call("declare", names=["robin", "owl"], values=["1..2"], distinct=True),
        call("premise", n=2, formula="robin > owl"),
        call("option", letter="A", formula="owl == 2"),
        call("option", letter="B", formula="owl == 1"),
        call("choose"),
        "B",
    ]
    trace = made(PLACES, script, toolkit)
    assert grade(PLACES, trace, toolkit.workers).judgement == "CORRECT"
    bare = {name: value for name, value in PLACES.meta.items() if name != "variables"}
    assert gold_formalisation(PLACES.model_copy(update={"meta": bare})) is None


def test_plain_recordings_come_to_what_the_tools_make_of_them(toolkit: Toolkit) -> None:
    """Reading a trace without a worker gives the desk that running it again gives."""
    back = [*GOOD_COW[:2], call("retract", n=2), *GOOD_COW[1:]]
    plain, run = (
        read_formalisation(made(COW, script, toolkit), COW, lambda: toolkit)
        for script in (GOOD_COW, back)
    )
    assert plain is not None
    assert plain == run
    assert plain.premises == (("1", "cold(cow)"), ("2", RULE))


def test_formulas_that_contradict_each_other_establish_nothing(toolkit: Toolkit) -> None:
    torn = TOLD.model_copy(update={"meta": {**FORMULAS, "formulas": ["cold(cow)", "~cold(cow)"]}})
    read = gold_formalisation(torn)
    assert read is not None
    assert establish(read, "truth", toolkit) == (None, "the premises contradict each other")
    good = made(torn, GOOD_COW, toolkit)
    assert grade(torn, good, toolkit.workers).judgement == "CORRECT", "they accuse nobody"
    untold = torn.model_copy(update={"answer": None})
    verdict = grade(untold, good, toolkit.workers)
    assert verdict.judgement == "UNDECIDED"
    assert "contradict each other" in verdict.reason


def test_what_was_decided_is_not_asked_again(toolkit: Toolkit) -> None:
    """The same formulas and question in other problems give the very answer that was kept."""
    certifying = Certifying(toolkit.workers)
    answers = []
    for number in range(3):
        again = TOLD.model_copy(update={"id": str(number), "answer": None})
        reference = certifying.reference(certifying.case(again, []))
        assert reference is not None
        answers.append(reference.answer)
    assert answers[0] == Answer(kind="truth", value="True")
    assert answers[1] is answers[0]
    assert answers[2] is answers[0]
    other = TOLD.model_copy(update={"meta": {**FORMULAS, "conclusion": "cold(cow)"}})
    found = certifying.reference(certifying.case(other, []))
    assert found is not None
    assert found.answer is not answers[0], "another question is asked"


def test_unreadable_gold_formulas_are_no_reference() -> None:
    broken = COW.model_copy(update={"meta": {**FORMULAS, "formulas": ["cold(cow)", "((("]}})
    assert gold_formalisation(broken) is None
    short = COW.model_copy(update={"meta": {**FORMULAS, "formulas": ["cold(cow)"]}})
    assert gold_formalisation(short) is None


def test_a_thing_is_not_lost_under_a_variable_of_its_letters(toolkit: Toolkit) -> None:
    """`X` is a thing and `x` a variable: reading both as one would change what is said."""
    readings = Readings(toolkit.workers)
    one = gold_formalisation(_with("forall x. p(x, X)"))
    other = gold_formalisation(_with("forall x. p(x, x)"))
    assert one is not None
    assert other is not None
    assert readings.same(one, other).value is not True


def _with(formula: str) -> Problem:
    meta = {"formulas": [formula], "conclusion": "p(X, X)"}
    return COW.model_copy(update={"statements": ("It is so.",), "meta": meta})
