"""The logic kit: recording what a text says as formulas, and proving conclusions from them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.desk import Desk
from corollary_tools.tool import Arguments, Example, SymbolicTool

FORMULA = (
    "a formula, such as blue(cow), ~young(tiger), sees(cow, tiger) or "
    "forall x. cold(x) & nice(x) -> visits(x, tiger)"
)


class PremiseArguments(Arguments):
    """What `premise` takes."""

    n: int = Field(description="the number of the statement")
    formula: str = Field(description=FORMULA)


class ProveArguments(Arguments):
    """What `prove` takes."""

    conclusion: str = Field(description=FORMULA)
    premises: list[str] = Field(
        default=[], description="the formulas to prove it from; none: those that were recorded"
    )
    world: Literal["open", "closed", "rules"] = Field(
        default="open",
        description=(
            "open: first-order logic; closed: what facts and rules do not give is false; "
            "rules: they are used forwards only"
        ),
    )


class ModelArguments(Arguments):
    """What `model` takes."""

    premises: list[str] = Field(
        default=[], description="the formulas that hold; none: those that were recorded"
    )
    against: str = Field(default="", description="a formula that must not hold")


class SameArguments(Arguments):
    """What `same` takes."""

    left: str = Field(description="a formula")
    right: str = Field(description="the other formula")


class RetractArguments(Arguments):
    """What `retract` takes."""

    n: int = Field(description="the number of the statement")


class ScopeArguments(Arguments):
    """What `scope` takes."""

    mode: Literal["push", "pop"] = Field(
        description="push: mark what is recorded; pop: go back to the last mark"
    )


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit."""
    return (premise_tool(), _prove(), _model(), _same(), retract_tool(), scope_tool())


def premise_tool() -> SymbolicTool:
    """The tool that records one statement; the constraints kit has it too."""
    return SymbolicTool(
        name="premise",
        operation="premise",
        description=(
            "Record the formula of statement n. Gives the next one, after the last the question."
        ),
        args_schema=PremiseArguments,
        examples=(
            Example({"n": 1, "formula": "blue(cow)"}, "Recorded 1."),
            Example({"n": 2, "formula": "forall x. blue(x) -> ~cold(x)"}, "Recorded 2."),
        ),
    )


def retract_tool() -> SymbolicTool:
    """The tool that takes one statement back; the constraints kit has it too."""
    desk = Desk().record(1, "p").record(2, "q")
    return SymbolicTool(
        name="retract",
        operation="retract",
        description="Take back the formula of statement n.",
        args_schema=RetractArguments,
        examples=(
            Example({"n": 2}, "Retracted 2.", desk),
            Example({"n": 1}, "Retracted 1.", desk),
        ),
    )


def scope_tool() -> SymbolicTool:
    """The tool that marks what is recorded and goes back; the constraints kit has it too."""
    desk = Desk().record(1, "p")
    return SymbolicTool(
        name="scope",
        operation="scope",
        description="Push before trying something, pop to take it back.",
        args_schema=ScopeArguments,
        examples=(
            Example({"mode": "push"}, "Marked: 1.", desk),
            Example({"mode": "pop"}, "Back to: 1.", desk.push().record(2, "q")),
        ),
    )


def _prove() -> SymbolicTool:
    return SymbolicTool(
        name="prove",
        operation="prove",
        description=(
            "Say whether a conclusion is True, False or Unknown given the premises, "
            "and which of them are used."
        ),
        args_schema=ProveArguments,
        examples=(
            Example(
                {
                    "conclusion": "cold(cow)",
                    "premises": ["blue(cow)", "forall x. blue(x) -> ~cold(x)"],
                },
                "False (its negation follows from 1, 2)",
            ),
            Example(
                {"conclusion": "round(cow)", "premises": ["round(cow) | cold(cow)"]},
                "Unknown (neither it nor its negation follows)",
            ),
            Example(
                {
                    "conclusion": "mortal(ann)",
                    "premises": ["forall x. human(x) -> mortal(x)", "human(ann)"],
                },
                "True (from 1, 2)",
            ),
        ),
    )


def _model() -> SymbolicTool:
    return SymbolicTool(
        name="model",
        operation="model",
        description=(
            "Show what is so in one case where the premises hold (and `against` does not), "
            "or which premises rule it out."
        ),
        args_schema=ModelArguments,
        examples=(
            Example(
                {"premises": ["blue(cow)", "cold(cow) | nice(cow)"], "against": "cold(cow)"},
                "Counter-model: blue(cow), nice(cow)",
            ),
            Example(
                {"premises": ["p", "q", "p -> ~q"]}, "The premises contradict each other (1, 2, 3)."
            ),
        ),
    )


def _same() -> SymbolicTool:
    return SymbolicTool(
        name="same",
        operation="same",
        description="Say whether two formulas mean the same, or what tells them apart.",
        args_schema=SameArguments,
        examples=(
            Example({"left": "p -> q", "right": "~q -> ~p"}, "Same (each follows from the other)"),
            Example(
                {"left": "p & q", "right": "p"},
                "Different (the first implies the second; only the second holds where p)",
            ),
        ),
    )
