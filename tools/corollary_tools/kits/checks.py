"""The checks kit: does an answer fulfil its constraints, and does a step follow."""

from __future__ import annotations

from pydantic import Field

from corollary_tools.tool import Arguments, Example, SymbolicTool


class CheckAnswerArguments(Arguments):
    """What `check_answer` takes."""

    answer: str = Field(description="the values, such as x = 2, y = 3 or ann = true, bob = false")
    constraints: list[str] = Field(
        default=[],
        description="equations, inequalities or formulas; none: those that were recorded",
    )


class CheckStepArguments(Arguments):
    """What `check_step` takes."""

    step: str = Field(description="an equation, inequality or formula")
    premises: list[str] = Field(
        default=[], description="what it should follow from; none: what was recorded"
    )


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit."""
    return (_check_answer(), _check_step())


def _check_answer() -> SymbolicTool:
    return SymbolicTool(
        name="check_answer",
        operation="check_answer",
        description="Say whether an answer fulfils every constraint, else which one fails.",
        args_schema=CheckAnswerArguments,
        examples=(
            Example(
                {"answer": "x = 2, y = 3", "constraints": ["x + y = 5", "x*y = 7"]},
                "False (2 fails: 6 = 7)",
            ),
            Example({"answer": "x = 2 or x = 3", "constraints": ["x^2 - 5x + 6 = 0"]}, "True"),
            Example(
                {"answer": "ann = true, bob = true", "constraints": ["ann | bob", "ann <-> ~bob"]},
                "False (2 fails: ann <-> ~bob)",
            ),
        ),
    )


def _check_step() -> SymbolicTool:
    return SymbolicTool(
        name="check_step",
        operation="check_step",
        description="Say whether a line follows from others, else give a counter-example.",
        args_schema=CheckStepArguments,
        examples=(
            Example({"step": "2x = 4", "premises": ["2x + 3 = 7"]}, "True (from 1)"),
            Example({"step": "x = 2", "premises": ["x^2 = 4"]}, "False (not for x = -2)"),
            Example({"step": "(a + b)^2 = a^2 + b^2"}, "False (not for a = -1, b = -1)"),
            Example({"step": "~a", "premises": ["a -> b", "~b"]}, "True (from 1, 2)"),
        ),
    )
