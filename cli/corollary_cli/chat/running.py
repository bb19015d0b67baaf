"""Running what was asked: steps as they come, questions about calls, Ctrl-C, going on, comparing.

Guarantees that Ctrl-C stops the step and keeps the session and what was done, and that a failure
of one problem is told and the next can be typed. Does not read lines.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corollary_cli.chat.answering import judged_turn, show_turn
from corollary_cli.chat.asking import decide
from corollary_cli.chat.following import Following, shown_width, wrap_width
from corollary_cli.chat.keeping import keep_turns
from corollary_cli.chat.rendering import call_line, result_block
from corollary_cli.chat.session import Session
from corollary_cli.chat.turn import Asked, Turn
from corollary_cli.failures import report_failure
from corollary_cli.progress import LiveLine
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.checkpoints import Stored
    from corollary_agent.problem import Problem
    from corollary_agent.stream import Event
    from corollary_agent.trace import Step, Trace


def solve_problem(session: Session, problem: Problem, model: str, seed: int = 0) -> None:
    """Ask a problem and show its run; what goes wrong is told, not raised."""
    asked = session.ask(problem, model, seed)
    _run(session, asked, session.models.begin(asked, approve=session.approve))


def go_on(session: Session) -> None:
    """Go on with the run that was stopped. Raises CorollaryError where there is none."""
    asked = session.asked
    if asked is None:
        raise CorollaryError(
            "there is nothing to go on with",
            because="no run was stopped",
            remedy="type a problem, or /retry",
        )
    stored = session.models.stored(asked) if asked.model == session.spec else None
    if stored is None:
        solve_problem(session, asked.problem, session.spec, asked.seed)
        return
    if not asked.calls:
        asked.calls = show_steps(session, stored.steps)
    if stored.trace is not None:  # stopped while the answer was judged
        _run(session, asked, iter([("trace", stored.trace)]), stored)
        return
    _run(session, asked, session.models.go_on(asked, approve=session.approve), stored)


def run_quietly(session: Session, problem: Problem, model: str, seed: int) -> Turn:
    """Solve a problem with nothing but the status line. Raises CorollaryError."""
    asked = session.ask(problem, model, seed)
    seen = Following(session.output, pretty=session.pretty, silent=True, doing=f"{model} thinks")
    try:
        trace = _followed(session, asked, seen, session.models.begin(asked, approve=False))
        turn = _ended(session, asked, trace, seen)
    except BaseException:
        if session.asked is asked:
            session.drop(asked)  # half a comparison is not gone on with
        raise
    _keep(session, turn)
    return turn


def _run(
    session: Session, asked: Asked, events: Iterator[Event], stored: Stored | None = None
) -> None:
    seen = Following(session.output, pretty=session.pretty, number=asked.calls)
    seen.started -= asked.seconds
    if stored is not None:
        seen.steps = len(stored.steps)
        for call in stored.calls:
            seen.see("call", call)
    try:
        trace = _followed(session, asked, seen, events)
        turn = _ended(session, asked, trace, seen)
        show_turn(turn, seen)
        _keep(session, turn)
    except KeyboardInterrupt:
        asked.calls, asked.seconds = seen.number, seen.seconds
        _tell_stopped(session, asked)
    except Exception as error:  # noqa: BLE001  one problem's failure must not end the session
        if session.asked is not None:
            session.drop(session.asked)
        report_failure(error, session.output, ["chat"])


def _followed(session: Session, asked: Asked, seen: Following, events: Iterator[Event]) -> Trace:
    while True:
        with LiveLine(seen.output, seen.status) as line:
            for kind, value in events:
                with line.hidden():
                    seen.see(kind, value)
        if seen.trace is not None:
            return seen.trace
        if not seen.waits:
            raise CorollaryError(
                "the run stopped before its end", because="its state is gone", remedy="/retry"
            )
        events = _answered(session, asked, seen)


def _answered(session: Session, asked: Asked, seen: Following) -> Iterator[Event]:
    """Ask the person about the calls that wait, and go on with the answer."""
    began = time.monotonic()
    try:
        decision, rest = decide(seen, session.models.toolkit)
    finally:
        seen.started += time.monotonic() - began  # the person's time is not the run's
    if decision.kind == "edit":
        seen.waiting = list(decision.calls)
    seen.waits = False
    return session.models.go_on(asked, decision, approve=session.approve and not rest)


def _ended(session: Session, asked: Asked, trace: Trace, seen: Following) -> Turn:
    toolkit = session.models.toolkit
    made = judged_turn(asked.problem, trace, toolkit, seen.seconds)
    turn = Turn(made.problem, made.trace, made.judged, made.seconds, asked.number, asked.model)
    session.end(turn)
    return turn


def _keep(session: Session, turn: Turn) -> None:
    """Store a turn in the run, where there is one; say how many pairs its edits made."""
    if session.run_dir is None:
        return
    made = keep_turns(session.run_dir, [turn], session.models.toolkit)
    if made:
        pairs = f"{made} edit{'' if made == 1 else 's'} kept as preference pair"
        session.output.note(f"  {pairs}{'' if made == 1 else 's'} in {session.run_dir}")


def _tell_stopped(session: Session, asked: Asked) -> None:
    calls = f"{asked.calls} call{'' if asked.calls == 1 else 's'}"
    session.output.note(f"\n  stopped after {calls}, {asked.seconds:.1f} s")
    session.output.note("  Enter or /continue goes on; or type another problem")


def show_steps(session: Session, steps: Sequence[Step]) -> int:
    """Show the calls of finished steps and return how many there were."""
    number, output = 0, session.output
    for step in steps:
        results = {seen.call_id: seen for seen in step.observations}
        for call in step.calls:
            number += 1
            seen = results[call.id]
            width = shown_width()
            output.show(call_line(number, call, seen, output.glyphs, width, pretty=session.pretty))
            output.show(result_block(seen, pretty=session.pretty, width=wrap_width()))
    return number
