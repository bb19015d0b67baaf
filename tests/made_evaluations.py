"""Evaluations made for tests: of marks in the order of the problems, through the real summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, Step, Trace, Usage
from corollary_datagen.verdict import Judgement, Verdict
from corollary_tools.answer import Answer
from corollary_training.evaluation import Evaluation, Graded, summarise

JUDGEMENTS: Mapping[str, Judgement] = {"+": "CORRECT", "-": "INCORRECT", "?": "UNDECIDED"}


def truth(value: str) -> Answer:
    return Answer(kind="truth", value=value)


def number(value: str) -> Answer:
    return Answer(kind="number", value=value)


def make_problem(index: int, *, gold: Answer, family: str = "f0", source: str = "made") -> Problem:
    return Problem(
        id=f"p{index:04}",
        source=source,
        split="dev",
        family=family,
        domain="math" if gold.kind == "number" else "logic",
        question=f"Question {index}?",
        asks=gold.kind,
        answer=gold,
    )


def make_trace(
    problem: Problem, *, model: str, answer: Answer | None, failed: bool = False
) -> Trace:
    return Trace(
        id=f"{model}/{problem.id}",
        problem_id=problem.id,
        model=model,
        sampling=Sampling(),
        toolkit="t0",
        prompt="m0",
        messages=({"role": "user", "content": problem.text},),
        steps=(Step(content=answer.text if answer else "", output_tokens=7),),
        answer=answer,
        stop="error" if failed else "answered",
        error="the server is gone" if failed else None,
        usage=Usage(input_tokens=20, output_tokens=7, model_milliseconds=5.0),
    )


def make_graded(problem: Problem, mark: str, *, model: str, answer: Answer | None = None) -> Graded:
    given = answer or (problem.answer if mark == "+" else None)
    trace = make_trace(problem, model=model, answer=given, failed=mark == "!")
    if mark == "!":
        return Graded(problem, trace, None)
    verdict = Verdict(trace_id=trace.id, judgement=JUDGEMENTS[mark], reason="made", grader="test")
    return Graded(problem, trace, verdict)


def make_evaluation(
    marks: str, *, model: str = "student", families: Sequence[str] = ("f0",)
) -> Evaluation:
    """marks: one character a problem: + right, - wrong, ? undecided, ! the model failed."""
    graded = [
        make_graded(
            make_problem(i, gold=number(str(i)), family=families[i % len(families)]),
            mark,
            model=model,
        )
        for i, mark in enumerate(marks)
    ]
    return summarise(graded, name=model, milliseconds=10.0 * len(graded))


def make_closed(golds: Sequence[str], answers: Sequence[str], *, model: str) -> Evaluation:
    """True/False problems, their gold answers, and what the model answered."""
    graded = [
        make_graded(
            make_problem(i, gold=truth(gold)),
            "+" if answer == gold else "-",
            model=model,
            answer=truth(answer),
        )
        for i, (gold, answer) in enumerate(zip(golds, answers, strict=True))
    ]
    return summarise(graded, name=model, milliseconds=10.0 * len(graded))
