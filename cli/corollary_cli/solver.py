"""A model at work on typed problems: the parts that `solve` and `chat` share.

`open_solver` puts model, toolkit and agent together; `follow` shows each step while it happens.
Guarantees that what is shown is what the trace holds. Does not judge the answer (`judging` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from corollary_cli.chat.following import Following
from corollary_cli.console import Output
from corollary_cli.hosting import OWN_MODEL, Hosting
from corollary_cli.progress import LiveLine
from corollary_cli.stepping import Stepper
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.graph import Agent
    from corollary_agent.problem import Problem
    from corollary_agent.trace import Trace
    from corollary_tools.toolkit import Toolkit

EXPERT_NOTE = (
    "No model is set up, so this is the expert: rules that read a few known problem families,"
    " not a language model. To use a model: --model SPEC or COROLLARY_MODEL."
)
STUDENT_NOTE = (
    "No model is set up, so this is {name}, the small student in the package."
    " To use another: --model SPEC or COROLLARY_MODEL."
)


@dataclass(frozen=True, slots=True)
class Solver:
    """A model bound to tools: spec as it was asked for, and the compiled agent."""

    spec: str
    toolkit: Toolkit
    agent: Agent
    stepper: Stepper

    def close(self) -> None:
        """End what is still running; the toolkit stays open."""
        self.stepper.close()


def default_spec(output: Output) -> str:
    """The model to use where none was named, with one line that says what it is."""
    from corollary_agent.models.load import STUDENTS, student_path

    for name in STUDENTS:
        with suppress(CorollaryError):
            student_path(name)
            output.note(STUDENT_NOTE.format(name=name))
            return name
    output.note(EXPERT_NOTE)
    return "expert"


def start_tools(toolkit: Toolkit) -> None:
    """Start the tools while a model loads and a person types: the first call need not wait."""
    from corollary_tools.desk import Desk

    tool = next(tool for tool in toolkit.tools if tool.examples)

    def start() -> None:
        with suppress(Exception):  # the first call will say what is wrong
            tool.call(tool.examples[0].arguments, Desk())

    Thread(target=start, daemon=True, name="starting tools").start()


def open_solver(
    spec: str,
    toolkit: Toolkit,
    output: Output,
    stepper: Stepper | None = None,
    **options: Any,
) -> Solver:
    """Load the model and build the agent, saying so on a terminal. Raises CorollaryError.

    stepper: the loop its runs share; by default one of its own. options go to the model.
    """
    from corollary_agent.graph import build_agent
    from corollary_agent.models.load import load_model

    waiting = Following(output, doing=f"loading {spec}")
    with LiveLine(output, waiting.status):
        agent = build_agent(load_model(spec, **options), toolkit)
        return Solver(spec, toolkit, agent, stepper or Stepper())


@contextmanager
def opened_solver(
    spec: str, toolkit: str, output: Output, hosting: Hosting = OWN_MODEL
) -> Iterator[Solver]:
    """Open tools and solver and close them again."""
    from corollary_tools.toolkit import load_toolkit

    with hosting.options(spec, output) as options, load_toolkit(toolkit) as kit:
        start_tools(kit)
        with closing(open_solver(spec, kit, output, **options)) as solver:
            yield solver


def follow(solver: Solver, problem: Problem, seen: Following) -> Trace:
    """Run the agent on the problem and show each step on stderr; return the trace."""
    with LiveLine(seen.output, seen.status) as line:
        for kind, value in solver.stepper.steps(solver.agent, problem):
            with line.hidden():
                seen.see(kind, value)
    assert seen.trace is not None
    return seen.trace
