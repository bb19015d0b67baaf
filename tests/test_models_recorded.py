"""What real models wrote, replayed through the real tools."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.models.recorded_programs import closed_formula, read_program, rule_formula
from corollary_agent.problem import Problem
from corollary_agent.solve import solve, solve_many
from corollary_datagen.sources import load_problems
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

PROGRAM = """Predicates:
Blue($x, bool) ::: Is x blue?
Facts:
Blue(cow, True) ::: The cow is blue.
Rules:
Blue($x, True) >>> Cold($x, False) ::: Blue things are not cold.
Query:
Cold(cow, True) ::: Is the cow cold?"""
THEORY = Problem(
    id="own/dev/t1", source="own", split="dev", family="f", domain="logic", asks="truth",
    statements=("The cow is blue.", "The sky is high.", "Blue things are not cold."),
    question="Is the cow cold?",
)  # fmt: skip


def written(folder: Path, *programs: tuple[str, str]) -> str:
    """A file of recorded outputs for problems with these ids; its spec."""
    rows = [
        {"id": own, "context": "", "question": "?", "raw_logic_programs": [text]}
        for own, text in programs
    ]
    path = folder / "recorded.json"
    path.write_text(json.dumps(rows))
    return f"recorded:{path}"


def test_a_program_becomes_steps_at_the_desk(toolkit: Toolkit, tmp_path: Path) -> None:
    agent = build_agent(load_model(written(tmp_path, ("t1", PROGRAM))), toolkit)
    trace = solve(agent, THEORY)
    calls = [(c.name, c.arguments) for s in trace.steps for c in s.calls]
    assert calls == [
        ("premise", {"n": 1, "formula": "blue(cow)"}),
        ("premise", {"n": 2, "formula": "true"}),
        ("premise", {"n": 3, "formula": "forall x. blue(x) -> ~cold(x)"}),
        ("prove", {"conclusion": "cold(cow)", "world": "rules"}),
    ]
    assert trace.messages[-1]["content"] == "False"
    assert trace.model.startswith("recorded:")


def test_without_sentences_it_is_one_declarative_call(toolkit: Toolkit, tmp_path: Path) -> None:
    bare = "\n".join(line.split(" ::: ")[0] for line in PROGRAM.split("\n"))
    trace = solve(build_agent(load_model(written(tmp_path, ("t1", bare))), toolkit), THEORY)
    assert [c.name for s in trace.steps for c in s.calls] == ["prove"]
    assert trace.answer is not None
    assert trace.answer.value == "False"


def test_rules_are_written_as_formulas() -> None:
    rule = "Cold($x, True) && Likes($x, bald eagle, False) >>> !Rough($y, True)"
    assert rule_formula(rule) == ("forall x, y. cold(x) & ~likes(x, bald_eagle) -> ~rough(y)")
    assert rule_formula("Cold(Cow, ") == "cold(cow,"


def test_free_variables_of_first_order_programs_are_for_all() -> None:
    assert closed_formula("P(x) → Q(x)") == "forall x. P(x) -> Q(x)"
    assert closed_formula("∃x P(x) ∧ Q(a)") == "(exists x. P(x)) & Q(a)"
    assert closed_formula("P(x") == "P(x"
    assert closed_formula("P(a) ∧") == "P(a) ∧"


def test_constraints_are_declared_and_chosen_from() -> None:
    program = read_program(
        "Domain:\n1: oldest\nVariables:\nred_book [IN] [1, 2]\nvan [IN] [1, 2]\nConstraints:\n"
        "van > red_book ::: The van is newer.\nAllDifferentConstraint([van, red_book])\n"
        "Query:\nA) van == 1 ::: The van is oldest."
    )
    assert program.declarations == (
        {"names": ["red_book", "van"], "values": ["1", "2"], "distinct": True},
    )
    assert program.options == (("A", "van == 1"),)


LOCKERS = """# Declarations
children = EnumSort([Ann, Bob, "Cid's"])
days = EnumSort([Monday, Tuesday, Wednesday])
turn = Function([children] -> [days])
late = Function([children] -> [bool])

# Constraints
Distinct([c:children], turn(c)) ::: Each has a day of their own.
turn(Bob) == turn(Ann) + 1 ::: Bob comes right after Ann.
ForAll([c:children], Implies(late(c), turn(c) != Monday)) ::: Nobody is late on Monday.
Count([c:children], late(c)) == 2 ::: Two are late.

# Options
Question ::: Which one must be true?
is_valid(turn("Cid's") == Tuesday) ::: (A) Cid's day is Tuesday.
is_valid(turn("Cid's") != Tuesday) ::: (B) Cid's day is not Tuesday."""


def test_functions_are_declared_and_options_asked(toolkit: Toolkit, tmp_path: Path) -> None:
    program = read_program(LOCKERS)
    assert program.declarations[0] == {
        "names": ["turn"],
        "values": ["1", "2", "3"],
        "of": ["Ann, Bob, Cid_s"],
    }
    assert program.declarations[1]["values"] == []
    problem = Problem(
        id="own/dev/l1", source="own", split="dev", family="f", domain="constraints",
        asks="choice", question="Which one must be true?", options=("It is.", "It is not."),
        statements=("Three children come.", "Bob comes right after Ann.", "Two are late."),
    )  # fmt: skip
    trace = solve(build_agent(load_model(written(tmp_path, ("l1", LOCKERS))), toolkit), problem)
    assert trace.messages[-1]["content"] == "B"
    assert not [o.text for s in trace.steps for o in s.observations if o.fault]


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ("is_sat(p(a)) ::: (A)", "could"),
        ("is_unsat(p(a)) ::: (A)", "cannot"),
        ("is_exception(is_valid(p(a))) ::: (A)", "could_be_false"),
        ("is_exception(is_sat(p(a))) ::: (A)", "cannot"),
    ],
)
def test_what_options_ask_becomes_the_mode(options: str, mode: str) -> None:
    head = "# Declarations\ns = EnumSort([a, b])\np = Function([s] -> [bool])\n# Options\n"
    program = read_program(head + options)
    assert program.mode == mode
    assert program.options == (("A", "p(a)"),)


def test_options_that_ask_for_anything_else_are_refused() -> None:
    with pytest.raises(ValueError, match="is_accurate_list"):
        read_program("# Declarations\n# Options\nis_accurate_list([a, b]) ::: (A)")
    with pytest.raises(ValueError, match="the same"):
        read_program("# Declarations\n# Options\nis_sat(a) ::: (A)\nis_valid(a) ::: (B)")


def test_what_cannot_be_replayed_is_said(toolkit: Toolkit, tmp_path: Path) -> None:
    with pytest.raises(CorollaryError, match="cannot replay"):
        load_model(f"recorded:{tmp_path}/none.json")
    (tmp_path / "rows.json").write_text('[{"id": 1}]')
    with pytest.raises(CorollaryError, match="row 1"):
        load_model(f"recorded:{tmp_path}/rows.json")
    agent = build_agent(load_model(written(tmp_path, ("other", PROGRAM))), toolkit)
    trace = solve(agent, THEORY)
    assert trace.stop == "error"
    assert trace.error is not None
    assert "no program for this problem" in trace.error


@pytest.mark.parametrize(
    ("source", "split", "name", "least"),
    [
        ("proofwriter", "dev", "ProofWriter_dev_gpt-4", 27),
        ("logical_deduction", "dev_even", "LogicalDeduction_dev_gpt-4", 24),
        ("prontoqa", "dev_even", "ProntoQA_dev_gpt-4", 20),
        ("folio", "validation", "FOLIO_dev_gpt-4", 18),
    ],
)
def test_real_outputs_solve_real_problems(
    toolkit: Toolkit, data_dir: Path, source: str, split: str, name: str, least: int
) -> None:
    """least: of 30 right; what GPT-4's programs came to when this was written, less two."""
    problems = load_problems(source, split=split, data=data_dir, limit=30)
    model = load_model(f"recorded:{data_dir}/recorded/logic_llm/{name}.json")
    traces = asyncio.run(solve_many(build_agent(model, toolkit), problems, concurrency=2))
    pairs = [(t, p.answer) for t, p in zip(traces, problems, strict=True)]
    assert not [t.error for t, _ in pairs if t.stop == "error"]
    right = [t for t, gold in pairs if t.answer and gold and t.answer.value == gold.value]
    assert len(right) >= least
