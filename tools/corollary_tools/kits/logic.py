"""The logic kit: recording what a text says as formulas, and proving conclusions from them."""

from __future__ import annotations

from pydantic import Field

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


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit."""
    prove = SymbolicTool(
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
    return (premise_tool(), prove)
