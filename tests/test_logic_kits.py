"""What the logic and constraints kits add to proving and finding: worlds, models, counts, optima,
functions, and a desk that can be taken back."""

from __future__ import annotations

import re
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_agent.prompt import render_tool
from corollary_tools.desk import Desk, Variables
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, parse_term, render_term
from corollary_tools.solvers.constraints.calls import choose, find
from corollary_tools.solvers.constraints.declaring import declare
from corollary_tools.solvers.constraints.optimising import optimise
from corollary_tools.solvers.logic.calls import premise, prove
from corollary_tools.solvers.logic.models import model
from corollary_tools.solvers.logic.recording import retract, scope
from corollary_tools.solvers.logic.sameness import same
from corollary_tools.toolkit import Toolkit, load_toolkit

RULES = [
    "forall x. cold(x) & ~nice(x) -> round(x)",
    "cold(cow)",
    "nice(dog)",
    "forall x. round(x) -> blue(x)",
]
SEATS = Desk().declare(
    Variables(names=("seat",), values=("1..3",), distinct=True, of=("ann, bob, cid",))
)


# -- worlds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conclusion", "opened", "closed", "by_rules"),
    [
        ("blue(cow)", "Unknown", "True (from 1, 2, 4)", "Unknown"),
        ("nice(cow)", "Unknown", "False (it does not follow)", "Unknown"),
        ("~nice(cow)", "Unknown", "True (nothing says otherwise)", "Unknown"),
        ("~nice(dog)", "False", "False (its negation follows from 3)", "False"),
        ("exists x. blue(x)", "Unknown", "True (from 1, 2, 4)", "Unknown"),
        ("forall x. cold(x) | nice(x)", "Unknown", "True (from 2, 3)", "True (from 2, 3)"),
    ],
)
def test_worlds_differ(conclusion: str, opened: str, closed: str, by_rules: str) -> None:
    expected = {"open": opened, "closed": closed, "rules": by_rules}
    for world, text in expected.items():
        call = {"conclusion": conclusion, "premises": RULES, "world": world}
        assert prove(call, Desk()).text.startswith(text)


def test_rules_are_used_forwards_only() -> None:
    call = {"conclusion": "~wet(cow)", "premises": ["wet(cow) -> cold(cow)", "~cold(cow)"]}
    assert prove(call, Desk()).text == "True (from 1, 2)"
    assert prove({**call, "world": "rules"}, Desk()).text.startswith("Unknown")


@pytest.mark.parametrize(
    ("premises", "conclusion", "world", "says"),
    [
        (["~p(a) -> p(a)"], "p(a)", "closed", "depends on its own absence"),
        (["p(a) | q(a)"], "p(a)", "closed", "neither a fact nor a rule"),
        (["p(f(a))"], "p(a)", "rules", 'world="open"'),
        (["p(a)"], "a < b", "rules", "< needs"),
        (["p(a)", "q(b, c)"], "p(a, b)", "closed", "p is used in two ways"),
        (
            ["forall a, b, c, d, e, f. p(a) & q(b, c, d, e, f) -> r(a)"]
            + [f"p(n{i})" for i in range(30)],
            "r(n1)",
            "rules",
            "too many things and variables",
        ),
    ],
)
def test_what_a_world_cannot_take_is_explained(
    premises: list[str], conclusion: str, world: str, says: str
) -> None:
    with pytest.raises(ToolError, match=re.escape(says)):
        prove({"conclusion": conclusion, "premises": premises, "world": world}, Desk())


@pytest.mark.parametrize("world", ["closed", "rules"])
def test_contradicting_facts_are_named(world: str) -> None:
    premises = ["p(a)", "q(a)", "forall x. q(x) -> ~p(x)"]
    text = prove({"conclusion": "q(a)", "premises": premises, "world": world}, Desk()).text
    assert text == "The premises contradict each other (1, 2, 3)."


def horn_theory(random: Random) -> list[str]:
    """Facts and rules without negation over p, q, r, s and two things."""
    facts = [f"{random.choice('pqrs')}({random.choice('ab')})" for _ in range(random.randint(1, 3))]
    rules = [
        f"forall x. {random.choice('pqrs')}(x) & {random.choice('pqrs')}(x)"
        f" -> {random.choice('pqrs')}(x)"
        for _ in range(random.randint(1, 5))
    ]
    return facts + rules


@pytest.mark.parametrize("seed", range(25))
def test_without_negation_the_worlds_agree_on_what_is_true(seed: int) -> None:
    random = Random(f"horn {seed}")
    premises = horn_theory(random)
    for predicate, thing in product("pqrs", "ab"):
        call: dict[str, Any] = {"conclusion": f"{predicate}({thing})", "premises": premises}
        found = {w: prove({**call, "world": w}, Desk()).certificate for w in WORLDS}
        true = {w: c["value"] == "True" for w, c in found.items() if c}
        assert true["open"] == true["closed"] == true["rules"]
        if true["rules"] and found["rules"]:
            used = [premises[n - 1] for n in found["rules"]["uses"]]
            assert prove({**call, "premises": used}, Desk()).text.startswith("True")


WORLDS = ("open", "closed", "rules")


# -- models and sameness --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"premises": ["p(ann)", "p(bob) | q(bob)", "~p(bob)"]}, "p(ann), q(bob)"),
        ({"premises": ["exists x. x != ann & p(x)", "~p(ann)"]}, "p(thing 1)"),
        ({"premises": ["age(ann) == 4"]}, "Consistent, for example: age(ann) = 4"),
        ({"premises": ["p", "~p"]}, "The premises contradict each other (1, 2)."),
        ({"premises": ["p"], "against": "p | q"}, "No counter-model: it follows from 1."),
        ({"premises": ["p", "~p"], "against": "q"}, "The premises contradict each other (1, 2)."),
        ({"premises": ["p"], "against": "q | ~q"}, "It always holds."),
        ({"premises": ["p"], "against": "q"}, "Counter-model: p"),
        ({"premises": ["~p"]}, "Consistent, for example: all are false"),
    ],
)
def test_models_are_shown(arguments: dict[str, Any], text: str) -> None:
    assert model(arguments, Desk()).text.endswith(text)


def test_a_declared_model_keeps_the_declared_values() -> None:
    desk = Desk().declare(Variables(names=("car", "van"), values=("red", "blue"), distinct=True))
    desk = desk.record(1, "van == red")
    assert model({}, desk).text == "Consistent, for example: car = blue, van = red"
    assert model({"against": "car == blue"}, desk).text == "No counter-model: it follows from 1."


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        ("forall x. p(x)", "~(exists x. ~p(x))", "Same (each follows from the other)"),
        ("p -> q", "q -> p", "Different (only the first holds where q)"),
        ("p", "p & q", "Different (the second implies the first; only the first holds where p)"),
        ("a < b", "a <= b", "Different (the first implies the second; only the second holds"),
        ("a == b", "b == c", "Different (only the first holds in some case)"),
    ],
)
def test_sameness_is_said_or_shown(left: str, right: str, text: str) -> None:
    assert same({"left": left, "right": right}, Desk()).text.startswith(text)


# -- functions, counts, optima --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        ("seat(ann) < seat(bob)", 3),
        ("forall x. x != cid -> seat(x) != 3", 2),
        ("exists x. seat(x) == 2 & x in [ann, bob]", 4),
        ("Count([x], seat(x) >= 2) == 2", 6),
        ("Count([x], seat(x) >= 2) == 1", 0),
        ("forall y. y in [1, 2] -> exists x. seat(x) == y", 6),
        ("forall y. y < 3 & seat(ann) == y -> seat(bob) == y + 1", 4),
        ("seat(ann) + 1 == seat(bob) xor seat(bob) + 1 == seat(cid)", 2),
        ("abs(seat(ann) - seat(cid)) == 1 <-> seat(bob) != 2", 6),
    ],
)
def test_functions_are_of_declared_things(formula: str, count: int) -> None:
    desk = premise({"n": 1, "formula": formula}, SEATS).desk or SEATS
    certificate = find({"limit": 10}, desk).certificate or {}
    found = {"none": 0, "unique": 1}.get(certificate["value"], certificate.get("count"))
    assert found == count


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("seat(dora) == 1", "none of the things that seat is declared of"),
        ("seat(ana) == 1", "Did you mean ann?"),
        ("seats(ann) == 1", "Did you mean seat?"),
        ("seat(ann, bob) == 1", "declared with 1 argument, not 2"),
        ("forall y. y == 2", "Nothing says what y can be"),
        ("seat(seat(ann)) == 1", "seat(ann) is none of the things"),
        ("seat(ann) / 0 == 1 & 1 / 0 == 1", "Division by zero"),
    ],
)
def test_faults_about_functions_are_explained(formula: str, says: str) -> None:
    with pytest.raises(ToolError, match=re.escape(says)):
        premise({"n": 1, "formula": formula}, SEATS)


def test_functions_of_several_arguments_can_be_true_or_false() -> None:
    call = {"names": ["knows"], "of": ["ann, bob", "ann, bob"]}
    desk = declare(call, Desk()).desk or Desk()
    rows = ["forall x. ~knows(x, x)", "forall x, y. knows(x, y) -> knows(y, x)", "knows(ann, bob)"]
    for number, formula in enumerate(rows, start=1):
        desk = premise({"n": number, "formula": formula}, desk).desk or desk
    assert find({}, desk).text == (
        "unique: knows(ann, ann) = false, knows(ann, bob) = true, "
        "knows(bob, ann) = true, knows(bob, bob) = false"
    )


@pytest.mark.parametrize(
    ("constraints", "limit", "text"),
    [
        (["1 <= a < b <= 3"], 9, "3 solutions: a = 1, b = 2; a = 1, b = 3; a = 2, b = 3"),
        (["1 <= a <= 3"], 1, "3 solutions, for example 1: a = 1"),
        (["a == 1"], 5, "unique: a = 1"),
        (["a > a"], 5, "none (1 contradicts itself or the declaration)"),
        (["a > 3"], 1, "more than 500 solutions, for example 1: a = "),
    ],
)
def test_solutions_are_counted(constraints: list[str], limit: int, text: str) -> None:
    assert find({"constraints": constraints, "limit": limit}, Desk()).text.startswith(text)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"objective": "3*a + b", "constraints": ["a + b <= 4", "b >= 1"]},
            "the largest 3 * a + b",
        ),
        ({"objective": "a", "constraints": ["a > 3"]}, "none: a can be as large as one likes"),
        ({"objective": "a", "goal": "smallest", "constraints": ["2*a > 3"]}, "the smallest a is 2"),
        (
            {"objective": "a", "goal": "smallest", "constraints": ["a > 1.5"]},
            "none: a comes near to",
        ),
        ({"objective": "a", "constraints": ["a > 1", "a < 0"]}, "The premises contradict each"),
        ({"objective": "a*a*a*a - 7*a*a*b", "constraints": ["a*b*b == 5041"]}, ""),
    ],
)
def test_optima_are_found_or_said_not_to_be(arguments: dict[str, Any], text: str) -> None:
    assert optimise(arguments, Desk()).text.startswith(text)


@pytest.mark.parametrize("seed", range(15))
def test_optima_agree_with_every_solution(seed: int) -> None:
    random = Random(f"optimum {seed}")
    desk = Desk().declare(Variables(names=("a", "b", "c"), values=("0..3",)))
    signs = [random.choice([" < ", " != ", " <= "]) for _ in range(2)]
    desk = desk.record(1, f"a{signs[0]}b").record(2, f"b{signs[1]}c + 1")
    weights = [random.randint(-3, 3) for _ in range(3)]
    objective = " + ".join(f"{w}*{name}" for w, name in zip(weights, "abc", strict=True))
    compare = {" < ": int.__lt__, " != ": int.__ne__, " <= ": int.__le__}
    values = [
        sum(w * v for w, v in zip(weights, row, strict=True))
        for row in product(range(4), repeat=3)
        if compare[signs[0]](row[0], row[1]) and compare[signs[1]](row[1], row[2] + 1)
    ]
    for goal, best in (("smallest", min(values)), ("largest", max(values))):
        certificate = optimise({"objective": objective, "goal": goal}, desk).certificate or {}
        assert certificate["value"] == str(best)


def test_what_could_be_false_is_chosen() -> None:
    desk = SEATS.record(1, "seat(ann) == 1")
    rows = ["seat(ann) == 1", "seat(bob) == 2", "seat(bob) == 1"]
    for letter, formula in zip("ABC", rows, strict=True):
        desk = desk.choose(letter, formula)
    texts = {m: choose({"mode": m}, desk).text for m in ("must", "could", "could_be_false")}
    assert texts == {
        "must": "A (the only option that must be true)",
        "could": "A, B",
        "could_be_false": "B, C",
    }


@pytest.mark.parametrize(
    ("values", "constraints", "text"),
    [
        (["1..1000000000"], ["a + b == 1999999999"], "several: a = 999999999 or 1000000000;"),
        (["integer"], ["2*a == 3"], "none (1 contradicts itself"),
        (["real"], ["2*a == 3", "b == a + 1"], "unique: a = 3/2, b = 5/2"),
        (["3", "1", "7"], ["a < b", "b < 5"], "unique: a = 1, b = 3"),
    ],
)
def test_numbers_of_every_kind(values: list[str], constraints: list[str], text: str) -> None:
    desk = declare({"names": ["a", "b"], "values": values}, Desk()).desk or Desk()
    assert find({"constraints": constraints}, desk).text.startswith(text)


# -- the desk -------------------------------------------------------------------------------------

FORMULAS = st.sampled_from(["p", "~p", "p -> q", "q | r"])
STEPS = st.one_of(
    st.tuples(st.just("premise"), st.integers(1, 4), FORMULAS),
    st.tuples(st.just("retract"), st.integers(1, 4), st.just("")),
    st.tuples(st.just("push"), st.just(0), st.just("")),
    st.tuples(st.just("pop"), st.just(0), st.just("")),
)


def taken(desk: Desk, step: tuple[str, int, str]) -> Desk:
    """The desk after one step; as it was where the step is refused."""
    kind, number, formula = step
    call = {"premise": premise, "retract": retract}.get(kind, scope)
    try:
        return call({"n": number, "formula": formula, "mode": kind}, desk).desk or desk
    except ToolError:
        return desk


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=8), st.lists(STEPS, max_size=5))
def test_pop_undoes_all_since_its_push_and_a_desk_can_be_replayed(
    before: list[tuple[str, int, str]], after: list[tuple[str, int, str]]
) -> None:
    desk = Desk()
    for step in before:
        desk = taken(desk, step)
    tried = desk.push()
    for step in after:
        if step[0] not in ("push", "pop"):
            tried = taken(tried, step)
    assert tried.pop() == desk
    assert Desk.model_validate_json(desk.model_dump_json()) == desk


@given(st.integers(1, 4), FORMULAS)
@settings(max_examples=20, deadline=None)
def test_retracting_a_new_premise_undoes_it(number: int, formula: str) -> None:
    desk = Desk().record(number % 4 + 1, "p")
    assert taken(taken(desk, ("premise", number, formula)), ("retract", number, "")) == desk


def test_a_session_is_built_taken_back_and_checked(toolkit: Toolkit) -> None:
    desk = Desk(statements=("Ann is kind.", "Kind people are nice."), question="Is Ann nice?")
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("premise", {"n": 1, "formula": "kind(bob)"}, "2. Kind people are nice."),
        ("retract", {"n": 1}, "Retracted 1. Read again: 1. Ann is kind."),
        ("retract", {"n": 1}, "Nothing is recorded for 1. Recorded: nothing."),
        ("premise", {"n": 1, "formula": "kind(ann)"}, "2. Kind people are nice."),
        ("scope", {"mode": "push"}, "Marked: 1."),
        ("premise", {"n": 2, "formula": "forall x. nice(x) -> kind(x)"}, "Question: Is Ann nice?"),
        ("prove", {"conclusion": "nice(ann)"}, "Unknown (neither it nor its negation follows)"),
        ("scope", {"mode": "pop"}, "Back to: 1."),
        ("scope", {"mode": "pop"}, "There is no mark to go back to."),
        ("premise", {"n": 2, "formula": "forall x. kind(x) -> nice(x)"}, "Question: Is Ann nice?"),
        ("prove", {"conclusion": "nice(ann)"}, "True (from 1, 2)"),
    ]
    for name, arguments, text in calls:
        outcome = toolkit.call(name, arguments, desk)
        desk = outcome.desk
        assert outcome.text.startswith(text)


# -- terms and the prompt -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a", "3 * a + b", "seat(ann) - -2", "abs(a - b) * 2"])
def test_terms_are_read_and_rendered(text: str) -> None:
    assert render_term(parse_term(text)) == text


@pytest.mark.parametrize("text", ["a &", "p & q", "a == 1", "a b", ""])
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(ToolError):
        parse_term(text)


def test_a_term_and_a_formula_are_told_apart() -> None:
    with pytest.raises(ToolError):
        parse_formula("a + b")


@pytest.mark.parametrize("name", ["logic", "constraints"])
def test_a_kit_is_small_to_show(name: str) -> None:
    """Words and runs of signs: what the common tokenizers begin with, and seldom cut further."""
    toolkit = load_toolkit(name)
    shown = [render_tool(t, s) for t, s in zip(toolkit.tools, toolkit.schemas(), strict=True)]
    pieces = re.findall(r" ?[A-Za-z]+| ?\d{1,3}| ?[^\sA-Za-z\d]{1,3}|\s+", "\n\n".join(shown))
    assert len(toolkit.tools) <= 8
    assert len(pieces) < 600


@pytest.mark.parametrize(
    ("word", "text"), [("minimise", "the smallest a"), ("MAX", "the largest a")]
)
def test_a_goal_is_read_from_the_words_that_people_use(word: str, text: str) -> None:
    with load_toolkit("constraints") as toolkit:
        call = {"objective": "a", "goal": word, "constraints": ["2 < a < 6"]}
        assert toolkit.call("optimise", call).text.startswith(text)
        wrong = toolkit.call("optimise", {**call, "goal": "best"})
    assert wrong.fault == "bad_arguments"
    assert "'smallest' or 'largest'" in wrong.text
