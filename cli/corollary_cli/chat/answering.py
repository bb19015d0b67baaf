"""The end of a run on the screen: answer, verdict and figures. `solve` and `chat` share it.

Guarantees that a failure of the model is raised as an error for people, and that a pipe gets the
bare answer on stdout. Does not run anything.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from corollary_cli.chat.following import Following, wrap_width
from corollary_cli.chat.rendering import answer_words, figures_line, verdict_block, words_block
from corollary_cli.chat.turn import Turn
from corollary_cli.console import is_terminal
from corollary_cli.failures import model_failure
from corollary_cli.judging import judge_answer

if TYPE_CHECKING:
    from corollary_agent.problem import Problem
    from corollary_agent.trace import Trace
    from corollary_cli.solver import Solver
    from corollary_tools.toolkit import Toolkit


def answer_turn(
    solver: Solver, problem: Problem, seen: Following, *, as_json: bool = False
) -> Turn:
    """Solve one problem and show steps, answer, verdict and figures.

    Raises CorollaryError (exit code 3) where the model failed.
    """
    from corollary_cli.solver import follow

    turn = judged_turn(problem, follow(solver, problem, seen), solver.toolkit, seen.seconds)
    show_turn(turn, seen, as_json=as_json)
    return turn


def judged_turn(problem: Problem, trace: Trace, toolkit: Toolkit, seconds: float) -> Turn:
    """A finished run with its verdict. Raises CorollaryError where the model failed."""
    if trace.stop == "error":
        raise model_failure(trace.error or "the model failed")
    return Turn(problem, trace, judge_answer(problem, trace, toolkit), seconds)


def show_turn(turn: Turn, seen: Following, *, as_json: bool = False) -> None:
    """Show answer, verdict and figures; for a pipe the bare answer goes to stdout."""
    output, trace = seen.output, turn.trace
    for_person = is_terminal(sys.stdout) and not as_json
    if not seen.lines:
        output.note()
    words = seen.take_rest(answer_words(trace))
    if words.strip():
        output.show(words_block(words, pretty=seen.pretty, bold=True), result=for_person)
        output.note()
    if not for_person and not as_json and trace.answer is not None:
        output.result(trace.answer.text)
    width = wrap_width()
    output.show(verdict_block(turn.judged, output.glyphs, pretty=seen.pretty, width=width))
    output.show(figures_line(trace, output.glyphs, turn.seconds))
