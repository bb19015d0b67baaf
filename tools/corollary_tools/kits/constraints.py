"""The constraints kit: unknowns with values, constraints on them, and what follows for options."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from corollary_tools.desk import Desk, Variables
from corollary_tools.kits.logic import premise_tool, retract_tool, scope_tool
from corollary_tools.tool import Arguments, Example, SymbolicTool

_FORMULA = "a formula about the names, such as owl == 5, robin < raven, a != b or ann <-> ~bob"


class DeclareArguments(Arguments):
    """What `declare` takes."""

    names: list[str] = Field(description="the unknowns")
    values: list[str] = Field(
        default=[],
        description=(
            'their possible values: words, a range such as "1..5", "integer" or "real"; '
            "none: true or false"
        ),
    )
    distinct: bool = Field(default=False, description="whether no two of them have the same value")
    of: list[str] = Field(
        default=[],
        description='for functions: what each argument can be, such as ["ann, bob", "1..5"]',
    )


class OptionArguments(Arguments):
    """What `option` takes."""

    letter: str = Field(description="the letter of the option")
    formula: str = Field(description=_FORMULA)


class FindArguments(Arguments):
    """What `find` takes."""

    constraints: list[str] = Field(
        default=[], description="the formulas that must hold; none: those that were recorded"
    )
    limit: int = Field(
        default=0, ge=0, le=50, description="how many solutions to list; they are counted then"
    )


_GOALS = {
    "smallest": "smallest minimise minimize minimum min lowest least fewest",
    "largest": "largest maximise maximize maximum max highest greatest most biggest",
}


def _goal(value: Any) -> Any:
    """The goal that a word of people or models stands for; what is none is left for the error."""
    word = str(value).strip().lower()
    return next((goal for goal, words in _GOALS.items() if word in words.split()), value)


class OptimiseArguments(Arguments):
    """What `optimise` takes."""

    objective: str = Field(description="an expression over the unknowns, such as 3*a + b")
    goal: Annotated[Literal["smallest", "largest"], BeforeValidator(_goal)] = Field(
        default="largest", description="which value of it"
    )
    constraints: list[str] = Field(
        default=[], description="the formulas that must hold; none: those that were recorded"
    )


class ChooseArguments(Arguments):
    """What `choose` takes."""

    mode: Literal["must", "could", "cannot", "could_be_false"] = Field(
        default="must",
        description="which options are asked for: those that must, could or cannot be true, "
        "or could be false",
    )


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit."""
    deciding = (_option(), _find(), _choose(), _optimise())
    return (_declare(), premise_tool(), *deciding, retract_tool(), scope_tool())


def _declare() -> SymbolicTool:
    return SymbolicTool(
        name="declare",
        operation="declare",
        description="Declare unknowns and their possible values. Gives the next statement.",
        args_schema=DeclareArguments,
        examples=(
            Example(
                {"names": ["owl", "robin"], "values": ["1..2"], "distinct": True},
                "Declared owl, robin.",
            ),
            Example(
                {"names": ["seat"], "values": ["1..3"], "of": ["ann, bob"]},
                "Declared seat(ann), seat(bob).",
            ),
        ),
    )


def _option() -> SymbolicTool:
    return SymbolicTool(
        name="option",
        operation="option",
        description="Record the formula of an answer option. Gives the next option.",
        args_schema=OptionArguments,
        examples=(
            Example(
                {"letter": "A", "formula": "owl == 1"},
                "B) The raven is last.",
                Desk(options=("The owl is first.", "The raven is last.")),
            ),
            Example({"letter": "B", "formula": "raven == 3"}, "All options are recorded."),
        ),
    )


def _find() -> SymbolicTool:
    return SymbolicTool(
        name="find",
        operation="find",
        description="Find the values of the unknowns, and whether they are the only ones.",
        args_schema=FindArguments,
        examples=(
            Example(
                {"constraints": ["ann <-> ~bob", "bob <-> ann & bob"]},
                "unique: ann = true, bob = false",
            ),
            Example(
                {"constraints": ["2 < a < 6"], "limit": 2},
                "3 solutions, for example 2: a = 3; a = 4",
            ),
        ),
    )


def _optimise() -> SymbolicTool:
    return SymbolicTool(
        name="optimise",
        operation="optimise",
        description="Find the smallest or largest value of an expression.",
        args_schema=OptimiseArguments,
        examples=(
            Example(
                {"objective": "3*a", "constraints": ["a < 5"]},
                "the largest 3 * a is 12, with a = 4",
            ),
            Example(
                {"objective": "a", "goal": "smallest", "constraints": ["a < 5"]},
                "none: a can be as small as one likes",
            ),
        ),
    )


def _choose() -> SymbolicTool:
    return SymbolicTool(
        name="choose",
        operation="choose",
        description="Say which recorded options must, could or cannot be true.",
        args_schema=ChooseArguments,
        examples=(
            Example({}, "A (the only option that must be true)", _two_birds("owl < robin")),
            Example({"mode": "could"}, "A, B", _two_birds("owl > 0")),
        ),
    )


def _two_birds(premise: str) -> Desk:
    """Two birds in two places, one thing known of them, and both orders as options."""
    birds = Variables(names=("owl", "robin"), values=("1..2",), distinct=True)
    desk = Desk().declare(birds).record(1, premise)
    return desk.choose("A", "owl == 1").choose("B", "robin == 1")
