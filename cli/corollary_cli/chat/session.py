"""One chat session: the model that answers, the problems asked so far, the loop that reads lines.

Guarantees that Ctrl-C stops the step and keeps the session, that a failure of one problem is told
and the next can be typed, and that every problem is solved on its own. Does not parse slash words
(`slash` does).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corollary_cli.chat.rendering import answer_block, figures_line, verdict_block
from corollary_cli.console import Output, is_terminal
from corollary_cli.failures import model_failure, report_failure
from corollary_cli.judging import Judged, judge_answer
from corollary_cli.solver import Following, Solver, follow, open_solver

if TYPE_CHECKING:
    from corollary_agent.problem import Problem
    from corollary_agent.trace import Trace


@dataclass(frozen=True, slots=True)
class Turn:
    """One problem and what came of it."""

    problem: Problem
    trace: Trace
    judged: Judged
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 where there is an answer, 1 where it is refuted, 3 where there is none."""
        if self.trace.answer is None:
            return 3
        return 1 if self.judged.word == "refuted" else 0

    def body(self) -> dict[str, Any]:
        """The turn as JSON values."""
        return {
            "answer": self.trace.answer.text if self.trace.answer else None,
            "verdict": {"word": self.judged.word, "reasons": list(self.judged.reasons)},
            "stop": self.trace.stop,
            "seconds": round(self.seconds, 3),
            "problem": self.problem.model_dump(mode="json"),
            "trace": self.trace.model_dump(mode="json"),
        }


@dataclass(slots=True)
class Session:
    """What a chat holds. over: set by /quit."""

    solver: Solver
    output: Output
    turns: list[Turn] = field(default_factory=list)
    over: bool = False

    def change_model(self, spec: str) -> None:
        """Answer from now on with another model; the old one stays where it cannot be loaded."""
        old, self.solver = self.solver, open_solver(spec, self.solver.toolkit, self.output)
        old.close()

    def last_turn(self) -> Turn:
        """The last finished problem; raises CorollaryError where there is none."""
        from corollary_tools.errors import CorollaryError

        if not self.turns:
            raise CorollaryError(
                "there is no trace yet", because="no problem was finished", remedy="type one"
            )
        return self.turns[-1]


def run_session(
    session: Session, lines: Iterable[str], run_slash: Callable[[Session, str], None]
) -> None:
    """Answer line after line until the lines end or /quit."""
    for line in lines:
        text = line.strip()
        if text.startswith("/"):
            run_slash(session, text)
        elif text:
            _answer(session, text)
        if session.over:
            return
        session.output.note()


def _answer(session: Session, text: str) -> None:
    from corollary_agent.problem_text import read_problem

    seen = Following(session.output)
    try:
        session.turns.append(answer_turn(session.solver, read_problem(text), seen))
    except KeyboardInterrupt:
        calls = f"{seen.number} call{'' if seen.number == 1 else 's'}"
        session.output.note(f"\n  stopped after {calls}, {seen.seconds:.1f} s. Type on, or /quit.")
    except Exception as error:  # noqa: BLE001  # one problem's failure must not end the session
        report_failure(error, session.output, ["chat"])


def answer_turn(
    solver: Solver, problem: Problem, seen: Following, *, as_json: bool = False
) -> Turn:
    """Solve one problem and show steps, answer, verdict and figures.

    Raises CorollaryError (exit code 3) where the model failed.
    """
    trace = follow(solver, problem, seen)
    if trace.stop == "error":
        raise model_failure(trace.error or "the model failed")
    turn = Turn(problem, trace, judge_answer(problem, trace, solver.toolkit), seen.seconds)
    output = seen.output
    output.note()
    _show_answer(output, trace, as_json=as_json)
    output.show(verdict_block(turn.judged, output.glyphs))
    output.show(figures_line(trace, output.glyphs, turn.seconds))
    return turn


def _show_answer(output: Output, trace: Trace, *, as_json: bool) -> None:
    """A block for a person; for a pipe the bare answer on stdout, or nothing where JSON follows."""
    for_person = is_terminal(sys.stdout) and not as_json
    output.show(answer_block(trace), result=for_person)
    output.note()
    if trace.answer is not None and not for_person and not as_json:
        output.result(trace.answer.text)
