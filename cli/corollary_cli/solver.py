"""A model at work on typed problems: the parts that `solve` and `chat` share.

`open_solver` puts model, toolkit and agent together; `follow` shows each step while it happens.
Guarantees that what is shown is what the trace holds. Does not judge the answer (`judging` does).
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corollary_cli.chat.rendering import attempt_block, call_line, result_block
from corollary_cli.console import Output, is_terminal
from corollary_cli.plain import printable
from corollary_cli.progress import LiveLine, duration
from corollary_cli.stepping import Stepper
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.graph import Agent
    from corollary_agent.problem import Problem
    from corollary_agent.trace import Observation, ToolCall, Trace
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


def open_solver(spec: str, toolkit: Toolkit, output: Output) -> Solver:
    """Load the model and build the agent, saying so on a terminal. Raises CorollaryError."""
    from corollary_agent.graph import build_agent
    from corollary_agent.models.load import load_model

    waiting = Following(output, doing=f"loading {spec}")
    with LiveLine(output, waiting.status):
        return Solver(spec, toolkit, build_agent(load_model(spec), toolkit), Stepper())


@contextmanager
def opened_solver(spec: str, toolkit: str, output: Output) -> Iterator[Solver]:
    """Open tools and solver and close them again."""
    from corollary_tools.toolkit import load_toolkit

    with load_toolkit(toolkit) as kit, closing(open_solver(spec, kit, output)) as solver:
        yield solver


@dataclass(slots=True)
class Following:
    """What has been seen of a run so far; `doing` and `tokens` feed the status line."""

    output: Output
    started: float = field(default_factory=time.monotonic)
    since: float = field(default_factory=time.monotonic)
    doing: str = "thinking"
    tokens: int = 0
    number: int = 0
    waiting: list[ToolCall] = field(default_factory=list)
    trace: Trace | None = None

    def status(self) -> str:
        """The line shown while waiting: what, how long, how to stop."""
        glyphs = self.output.glyphs
        parts = [f"{self.doing}  {duration(time.monotonic() - self.since)}"]
        parts.append(f"{self.tokens} tokens" if self.tokens else "Ctrl-C stops")
        return f"{glyphs.wait} {f' {glyphs.dot} '.join(parts)}"

    def turn_to(self, doing: str) -> None:
        """Note that something else is being waited for."""
        self.doing, self.since, self.tokens = doing, time.monotonic(), 0

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.started


def follow(solver: Solver, problem: Problem, seen: Following) -> Trace:
    """Run the agent on the problem and show each step on stderr; return the trace."""
    with LiveLine(seen.output, seen.status) as line:
        for kind, value in solver.stepper.steps(solver.agent, problem):
            with line.hidden():
                _show_event(seen, kind, value)
    assert seen.trace is not None
    return seen.trace


def _show_event(seen: Following, kind: str, value: Any) -> None:
    if kind == "token":
        seen.tokens += 1
    elif kind == "call":
        seen.waiting.append(value)
        seen.turn_to(printable(value.name))
    elif kind == "result":
        _show_result(seen, value)
    elif kind == "repair":
        seen.waiting.clear()
        seen.output.show(attempt_block(value, seen.output.glyphs))
        seen.turn_to("thinking again")
    elif kind == "trace":
        seen.trace = value


def _show_result(seen: Following, result: Observation) -> None:
    call = next((call for call in seen.waiting if call.id == result.call_id), None)
    if call is None:
        return
    seen.waiting.remove(call)
    seen.number += 1
    seen.output.show(call_line(seen.number, call, result, seen.output.glyphs, _width()))
    seen.output.show(result_block(result))
    seen.turn_to(printable(seen.waiting[0].name) if seen.waiting else "thinking")


def _width() -> int:
    return min(100, shutil.get_terminal_size().columns) if is_terminal(sys.stderr) else 80
