"""The expert in the real graph with the real tools, on generated problems of every family."""

from __future__ import annotations

import asyncio

import pytest

from corollary_agent.graph import build_agent
from corollary_agent.models.expert import ExpertChatModel
from corollary_agent.models.expert.plan import Move
from corollary_agent.models.expert.readers import plan
from corollary_agent.problem import Problem
from corollary_agent.problem_text import read_problem
from corollary_agent.solve import solve, solve_many
from corollary_agent.trace import Trace
from corollary_datagen.generators import FAMILIES, generate_problems
from corollary_datagen.grading.judging import grade
from corollary_tools.toolkit import Toolkit


@pytest.mark.parametrize("family", FAMILIES)
def test_generated_problems_are_read_as_their_gold_formulas(family: str) -> None:
    for problem in generate_problems([family], split="dev", limit=60):
        moves = plan(problem).moves
        assert all(isinstance(move, Move) for move in moves), problem.id
        gold = problem.meta.get("formulas")
        if isinstance(gold, list):
            named = [m for m in moves if isinstance(m, Move) and m.name in ("declare", "premise")]
            assert [m.arguments.get("formula", "true") for m in named] == gold


def test_without_mistakes_every_family_is_solved(toolkit: Toolkit) -> None:
    problems = generate_problems(split="dev", limit=25)
    for problem, trace in zip(problems, _solve(ExpertChatModel(), problems, toolkit), strict=True):
        assert trace.stop == "answered"
        assert not any(step.faults for step in trace.steps)
        assert grade(problem, trace, toolkit.workers).judgement == "CORRECT", problem.id


def test_with_mistakes_runs_still_end(toolkit: Toolkit) -> None:
    problems = generate_problems(split="dev", limit=25)
    traces = _solve(ExpertChatModel(error_rate=0.9), problems, toolkit)
    assert {trace.stop for trace in traces} <= {"answered", "refused"}
    assert any(step.attempts for trace in traces for step in trace.steps)


def test_text_form_makes_the_same_calls(toolkit: Toolkit) -> None:
    problems = generate_problems(split="dev", limit=10)
    native = _solve(ExpertChatModel(), problems, toolkit)
    text = _solve(ExpertChatModel(form="text"), problems, toolkit)
    assert [_calls(trace) for trace in text] == [_calls(trace) for trace in native]
    assert [trace.answer for trace in text] == [trace.answer for trace in native]


def test_what_it_cannot_read_gets_no_answer(toolkit: Toolkit) -> None:
    agent = build_agent(ExpertChatModel(), toolkit)
    trace = solve(agent, read_problem("Tom has 3 apples. He buys 4. How many has he?"))
    assert trace.answer is None
    assert trace.model == "expert (rule-based stand-in, error rate 0)"


def _solve(model: ExpertChatModel, problems: list[Problem], toolkit: Toolkit) -> list[Trace]:
    return asyncio.run(solve_many(build_agent(model, toolkit), problems, concurrency=4))


def _calls(trace: Trace) -> list[tuple[str, str]]:
    return [(call.name, str(call.arguments)) for step in trace.steps for call in step.calls]
