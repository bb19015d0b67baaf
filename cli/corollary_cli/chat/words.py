"""What the slash words do to a session: models, tools, runs, saving.

Guarantees that each says what it did in a line, and raises CorollaryError with what to type where
it cannot. The table of the words stands in `slash`.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.chat.comparing import show_comparison
from corollary_cli.chat.keeping import keep_turns
from corollary_cli.chat.reading import is_interactive
from corollary_cli.chat.running import go_on, run_quietly, show_steps, solve_problem
from corollary_cli.chat.saving import save_session
from corollary_cli.chat.session import Session
from corollary_cli.chat.showing import show_trace
from corollary_cli.tool_text import describe, find_tool, first_sentence, signature
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.problem import Problem

_SPECS = ("expert", "expert:0.3", "starter", "shipped", "local:", "openai:", "anthropic:")


def answer(session: Session, problem: Problem, model: str, seed: int = 0) -> None:
    """Solve a problem, with two models side by side where the session compares."""
    if session.rival is None:
        solve_problem(session, problem, model, seed)
        return
    turns = [run_quietly(session, problem, spec, seed) for spec in (model, session.rival)]
    width = shutil.get_terminal_size().columns - 1 if is_interactive() else 0
    left, right = turns
    show_comparison(session.output, left, right, pretty=session.pretty, width=width)
    for turn in turns:
        if not is_interactive() and turn.trace.answer is not None:
            session.output.result(turn.trace.answer.text)


def go_on_now(session: Session, _: str) -> None:
    """Go on with a stopped run."""
    go_on(session)


def retry(session: Session, argument: str) -> None:
    """Ask the last problem again, with another seed, and with another model if one is named."""
    parts = shlex.split(argument)
    if parts and (parts[0] not in ("-m", "--model") or len(parts) != 2):
        raise CorollaryError(
            f"/retry does not take {argument!r}",
            because="it takes a model or nothing",
            remedy="/retry --model expert",
        )
    problem, seed = session.last_problem()
    model = parts[1] if parts else session.spec
    session.models.load(model)
    answer(session, problem, model, seed if parts else seed + 1)


def undo(session: Session, _: str) -> None:
    """Take the last problem back."""
    problem = session.undo()
    if session.rival and session.turns and session.turns[-1].problem == problem:
        session.undo()  # what the other model made of it
    words = " ".join(problem.text.split())
    session.output.note(f"  taken back: {words[:60]}{'...' if len(words) > 60 else ''}")


def tools(session: Session, name: str) -> None:
    """List the tools, or describe one."""
    kit = session.models.toolkit
    if name:
        session.output.note(describe(find_tool(kit, name)))
        return
    width = max(len(signature(tool)) for tool in kit.tools)
    for tool in kit.tools:
        session.output.note(f"  {signature(tool):<{width}}  {first_sentence(tool.description)}")


def model(session: Session, spec: str) -> None:
    """Show the model, or change it."""
    if spec:
        session.change_model(spec)
    session.output.note(f"  model {session.spec}")


def compare(session: Session, spec: str) -> None:
    """Compare with a second model from now on, or no longer."""
    if spec == "off":
        session.rival = None
    elif spec:
        session.models.load(spec)
        session.rival = spec
    if session.rival is None:
        session.output.note("  one model answers; /compare SPEC adds a second")
    else:
        session.output.note(f"  {session.spec} and {session.rival} answer; /compare off ends it")


def approve(session: Session, argument: str) -> None:
    """Be asked before each call, or no longer."""
    session.approve = _switched(argument, session.approve, "/approve")
    if session.approve and not is_interactive():
        session.approve = False
        raise needs_terminal()
    session.output.note(f"  calls {'wait for you' if session.approve else 'run unasked'}")


def plain(session: Session, argument: str) -> None:
    """Show mathematics as it was sent, or in unicode."""
    session.pretty = not _switched(argument, not session.pretty, "/plain")
    session.output.note(f"  mathematics {'in unicode' if session.pretty else 'as it was sent'}")


def show_last(session: Session, _: str) -> None:
    """Show the last run in full, or what there is of a stopped one."""
    if session.asked is not None:
        stored = session.models.stored(session.asked)
        show_steps(session, stored.steps if stored else ())
        session.output.note("  not finished; Enter or /continue goes on")
        return
    show_trace(session.output, session.last_turn())


def save(session: Session, name: str) -> None:
    """Write the session to a file, or as a run into a folder."""
    if not name:
        raise CorollaryError(
            "/save needs a name", because="nothing was named", remedy="/save session.md"
        )
    path = Path(name).expanduser()
    made = 0
    if path.suffix and not path.is_dir():
        save_session(session, path)
    else:
        made = keep_turns(path, session.turns, session.models.toolkit)
    count = len(session.turns)
    pairs = f", {made} pair{'' if made == 1 else 's'} of your edits" if made else ""
    session.output.note(f"  saved {count} problem{'' if count == 1 else 's'}{pairs} in {path}")


def leave(session: Session, _: str) -> None:
    """Leave the chat."""
    session.over = True


def needs_terminal() -> CorollaryError:
    """The failure of a question where nobody can answer it."""
    return CorollaryError(
        "nobody can approve calls here",
        because="stdin or stderr is not a terminal",
        remedy="leave --approve out, or run the chat in a terminal",
    )


def model_offers(_: Session) -> Iterable[str]:
    """Kinds of models."""
    return _SPECS


def compare_offers(_: Session) -> Iterable[str]:
    """Kinds of models, or the end of comparing."""
    return (*_SPECS, "off")


def retry_offers(_: Session) -> Iterable[str]:
    """The flag and kinds of models."""
    return ("--model", *_SPECS)


def switch_offers(_: Session) -> Iterable[str]:
    """On and off."""
    return ("on", "off")


def tool_offers(session: Session) -> Iterable[str]:
    """The names of the tools."""
    return [tool.name for tool in session.models.toolkit.tools]


def _switched(argument: str, now: bool, word: str) -> bool:
    if argument not in ("", "on", "off"):
        raise CorollaryError(
            f"{word} does not take {argument!r}",
            because="it is a switch",
            remedy=f"{word} on, {word} off",
        )
    return not now if not argument else argument == "on"
