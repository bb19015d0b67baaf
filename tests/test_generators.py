"""Generated problems: repeatable, apart by split, balanced, and right, as the tools say too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_agent.models.expert.readers import plan
from corollary_agent.problem import Problem
from corollary_datagen.generators import FAMILIES, generate_problems
from corollary_datagen.generators.knights import Claim, Speech, solve
from corollary_datagen.generators.orderings import possible
from corollary_datagen.generators.theory import Literal, Rule, Theory, derive, entails, satisfiable
from corollary_datagen.sources import load_problems, validate
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.reading import read_answer
from corollary_tools.toolkit import Outcome, Toolkit


@pytest.mark.parametrize("family", FAMILIES)
def test_problems_are_repeatable_and_a_longer_list_begins_with_the_shorter(family: str) -> None:
    source = f"generated:{family}"
    first = load_problems(source, limit=30)
    assert load_problems(source, limit=60)[:30] == first
    assert load_problems(source, limit=30, seed=1) != first
    assert len({problem.id for problem in load_problems(source, limit=60)}) == 60


@pytest.mark.parametrize("family", FAMILIES)
def test_splits_share_no_family(family: str) -> None:
    splits = ("train", "dev", "validation", "test", "heldout")
    seen = [{p.family for p in generate_problems((family,), split=s, limit=60)} for s in splits]
    assert sum(map(len, seen)) == len(set().union(*seen))
    assert len(seen[0]) > 30


def test_any_name_makes_a_split_apart_from_training() -> None:
    train = {p.family for p in generate_problems(limit=200)}
    for split in ("my own", "gate", "", "Ω", "heldout2"):
        assert not train & {p.family for p in generate_problems(split=split, limit=25)}


def test_families_take_turns() -> None:
    problems = load_problems("generated", limit=23)
    assert Counter(p.id.split("/")[1] for p in problems) == dict(
        zip(FAMILIES, (5, 5, 5, 4, 4), strict=True)
    )
    assert len(load_problems("generated:knights,stories", limit=7)) == 7
    assert load_problems("generated", limit=0) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_thousand_problems_take_seconds(family: str) -> None:
    before = time.process_time()
    assert len(generate_problems((family,))) == 1000
    assert time.process_time() - before < 5


@pytest.mark.parametrize("family", FAMILIES)
def test_levels_are_sizes(family: str) -> None:
    def size(level: int) -> float:
        problems = generate_problems((f"{family}@{level}",), limit=40)
        return sum(len(p.text) for p in problems) / len(problems)

    assert size(1) < size(2)
    if family != "equations":
        assert size(2) < size(3)


def test_gold_answers_are_accepted(toolkit: Toolkit) -> None:
    assert validate(load_problems("generated", limit=300), toolkit.workers) == []


def made(family: str, limit: int) -> list[Problem]:
    return [
        p for s in ("train", "test") for p in generate_problems((family,), split=s, limit=limit)
    ]


def work(toolkit: Toolkit, problem: Problem, calls: list[tuple[str, dict[str, object]]]) -> Outcome:
    """The outcome of the last call, each one at the desk that the one before left."""
    outcome = Outcome(text="", desk=problem.desk, fault=None, certificate=None, milliseconds=0.0)
    for name, arguments in calls:
        outcome = toolkit.call(name, arguments, outcome.desk)
        assert outcome.fault is None, outcome.text
    return outcome


def premises(problem: Problem, first: int = 1) -> list[tuple[str, dict[str, object]]]:
    formulas = gold(problem)
    return [("premise", {"n": n, "formula": f}) for n, f in enumerate(formulas, 1) if n >= first]


def gold(problem: Problem) -> list[str]:
    formulas = problem.meta["formulas"]
    assert isinstance(formulas, list)
    return [str(formula) for formula in formulas]


def test_theories_are_true_false_or_unknown_as_the_prover_says(toolkit: Toolkit) -> None:
    for problem in made("theories", 25):
        calls = [*premises(problem), ("prove", {"conclusion": problem.meta["conclusion"]})]
        assert problem.answer is not None
        assert work(toolkit, problem, calls).text.split()[0] == problem.answer.value


def test_theories_are_balanced_and_need_their_rules() -> None:
    problems = generate_problems(("theories",), limit=600)
    answers = Counter(p.answer.text for p in problems if p.answer)
    assert min(answers.values()) > 160
    depths = Counter(p.meta["depth"] for p in problems)
    assert sum(n for depth, n in depths.items() if isinstance(depth, int) and depth > 0) > 240
    assert 8 <= sum(len(p.statements) for p in problems) / 600 <= 14


def test_what_a_theory_says_of_negation_does_not_give_the_answer_away() -> None:
    problems = generate_problems(("theories",), limit=600)
    denied = [p for p in problems if " not " in p.question.rsplit("? ", 1)[1]]
    answers = Counter(p.answer.text for p in denied if p.answer)
    assert min(answers[truth] for truth in ("True", "False", "Unknown")) > 10


def test_orderings_have_one_order_and_one_true_option(toolkit: Toolkit) -> None:
    for problem in made("orderings", 12):
        things = sorted({f.split()[0] for f in (*gold(problem)[1:], *option_formulas(problem))})
        domain = {"names": things, "values": [f"1..{len(things)}"], "distinct": True}
        options = [
            ("option", {"letter": "ABCDEFG"[i], "formula": f})
            for i, f in enumerate(option_formulas(problem))
        ]
        start = [("declare", domain), *premises(problem, 2)]
        assert work(toolkit, problem, [*start, ("find", {})]).text.startswith("unique: ")
        chosen = work(toolkit, problem, [*start, *options, ("choose", {})]).text
        assert problem.answer is not None
        assert chosen.split()[0] == problem.answer.value


def option_formulas(problem: Problem) -> list[str]:
    formulas = problem.meta["option_formulas"]
    assert isinstance(formulas, list)
    return [str(formula) for formula in formulas]


def test_knights_have_one_solution(toolkit: Toolkit) -> None:
    for problem in made("knights", 20):
        assert problem.answer is not None
        found = work(toolkit, problem, [*premises(problem), ("find", {})]).text
        roles = dict(pair.split(" = ") for pair in found.removeprefix("unique: ").split(", "))
        assert isinstance(problem.answer.value, dict)
        assert {name.lower(): role == "knight" for name, role in problem.answer.value.items()} == {
            name: value == "true" for name, value in roles.items()
        }


def test_chains_of_stories_are_exact_and_lead_to_the_answer(toolkit: Toolkit) -> None:
    for problem in made("stories", 20):
        chain = problem.meta["chain"]
        assert isinstance(chain, list)
        assert 2 <= len(chain) <= 5
        for step in map(str, chain):
            left, _, right = step.partition("=")
            assert toolkit.call("calculate", {"expression": left}).text == right
        assert problem.answer is not None
        assert str(chain[-1]).endswith(f"={problem.answer.value}")


def test_every_number_of_a_chain_is_told_or_computed() -> None:
    for problem in generate_problems(("stories",), limit=300):
        known = set(re.findall(r"\d+", problem.question)) | set("2345") | {"100"}
        chain = problem.meta["chain"]
        assert isinstance(chain, list)
        for step in map(str, chain):
            left, _, right = step.partition("=")
            assert set(re.findall(r"\d+", left)) <= known, problem.question
            known.add(right)


def test_equations_have_the_solutions_that_solve_finds(toolkit: Toolkit) -> None:
    for problem in made("equations", 25):
        asked = problem.meta.get("asked")
        found = toolkit.call("solve", {"equations": problem.meta["equations"]}).text
        pairs = [pair.split(" = ") for pair in found.replace(" or ", ", ").split(", ")]
        values = [value for name, value in pairs if asked in (None, name)]
        given = Answer(kind="set", value=values)
        if problem.asks == "number":
            (value,) = values
            given = Answer(kind="number", value=value)
        assert problem.answer is not None
        assert equivalent(problem.answer, given, toolkit.workers).value is True


def test_the_experts_rules_read_the_gold_formulas_back() -> None:
    """Two programs written apart agree on what each sentence means."""
    for family in ("theories", "orderings", "knights"):
        for problem in generate_problems((family,), split="dev", limit=150):
            moves = [move for move in plan(problem).moves if getattr(move, "name", "") == "premise"]
            read = [move.arguments["formula"] for move in moves]  # type: ignore[union-attr]
            assert read == [formula for formula in gold(problem) if formula != "true"]


def test_a_generated_answer_reads_as_people_write_it(toolkit: Toolkit) -> None:
    (problem,) = generate_problems(("knights",), limit=1)
    assert problem.answer is not None
    assert isinstance(problem.answer.value, dict)
    said = ", ".join(f"{name} is a {role}" for name, role in problem.answer.value.items())
    read = read_answer(f"So {said}.", "assignment")
    assert read is not None
    assert equivalent(problem.answer, read, toolkit.workers).value is True


@st.composite
def theories(draw: st.DrawFn) -> Theory:
    """Small ground theories over four atoms, consistent or not."""

    def literal() -> Literal:
        return Literal(draw(st.sampled_from("pqrs")), ("a",), draw(st.booleans()))

    facts = tuple(literal() for _ in range(draw(st.integers(1, 2))))
    rules = tuple(
        Rule(tuple(literal() for _ in range(draw(st.integers(1, 2)))), literal())
        for _ in range(draw(st.integers(0, 4)))
    )
    return Theory(("a",), facts, rules)


@settings(deadline=None)
@given(theories(), st.sampled_from("pqrs"), st.booleans())
def test_entailment_is_that_of_all_valuations(theory: Theory, name: str, sign: bool) -> None:
    asked = Literal(name, ("a",), sign)
    models = [value for value in range(16) if _satisfies(theory, value)]
    assert satisfiable(theory) == bool(models)
    assert entails(theory, asked) == all(_true(asked, value) for value in models)
    assert asked not in derive(theory) or entails(theory, asked)


def _true(literal: Literal, valuation: int) -> bool:
    return bool(valuation >> "pqrs".index(literal.predicate) & 1) == literal.positive


def _satisfies(theory: Theory, valuation: int) -> bool:
    facts = all(_true(fact, valuation) for fact in theory.facts)
    return facts and all(
        _true(rule.head, valuation) or not all(_true(b, valuation) for b in rule.body)
        for rule in theory.rules
    )


def test_possible_orders_are_counted_right() -> None:
    masks = possible(3)
    assert masks["0<1"].bit_count() == 3
    assert masks["0=1"].bit_count() == 2
    assert (masks["0<1"] & masks["1<2"]).bit_count() == 1


def test_a_paradox_has_no_solution() -> None:
    liar = Speech("one", (Claim(0, False, "is a knave"),))
    assert solve([liar]) == []


def test_problems_do_not_change_with_the_hash_seed() -> None:
    script = (
        "from corollary_datagen.generators import generate_problems\n"
        "for p in generate_problems((), split='train', limit=40): print(p.model_dump_json())"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0]
    assert outputs[0] == outputs[1]
