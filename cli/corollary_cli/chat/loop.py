"""The loop of the chat: a line is a problem, a slash word, or nothing, which goes on.

Guarantees that the loop ends with the lines or /quit, and that what one line does wrong does not
end it.
"""

from __future__ import annotations

from collections.abc import Iterable

from corollary_cli.chat.running import go_on
from corollary_cli.chat.session import Session
from corollary_cli.chat.slash import run_slash, tell_error
from corollary_cli.chat.words import answer
from corollary_cli.failures import report_failure
from corollary_tools.errors import CorollaryError


def run_session(session: Session, lines: Iterable[str]) -> None:
    """Answer line after line until the lines end or /quit."""
    for line in lines:
        text = line.strip()
        if text.startswith("/"):
            run_slash(session, text)
        elif text or session.asked is not None:
            _work(session, text)
        if session.over:
            return
        session.output.note()


def _work(session: Session, text: str) -> None:
    from corollary_agent.problem_text import read_problem

    try:
        if text:
            answer(session, read_problem(text), session.spec)
        else:
            go_on(session)
    except KeyboardInterrupt:
        session.output.note("\n  stopped")
    except (CorollaryError, OSError) as error:
        tell_error(session, error)
    except Exception as error:  # noqa: BLE001  one problem's failure must not end the session
        report_failure(error, session.output, ["chat"])
