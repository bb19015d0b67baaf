"""The question before a call runs: run it, edit it, refuse it with a reason, or run all the rest.

Guarantees that nothing runs unseen, that an edited call is one that can run (a tool that is there,
arguments it takes), and that Ctrl-C at the question stops the run and not the session. Does not
run a call.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from corollary_cli.chat.following import Following
from corollary_cli.chat.rendering import call_head
from corollary_cli.plain import printable
from corollary_cli.tool_text import find_tool
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.approval import Decision
    from corollary_agent.trace import ToolCall
    from corollary_tools.toolkit import Toolkit

_HELP = "      Enter runs it, e edits it, n WHY refuses it, a runs all from here, Ctrl-C stops"
_CHOICES = {
    **dict.fromkeys(("", "y", "yes", "r", "run"), "run"),
    **dict.fromkeys(("a", "all"), "all"),
    **dict.fromkeys(("e", "edit"), "edit"),
    **dict.fromkeys(("n", "no"), "refuse"),
}


def decide(seen: Following, toolkit: Toolkit) -> tuple[Decision, bool]:
    """Ask about the calls that wait; return the decision, and whether to run the rest unasked.

    Raises KeyboardInterrupt where the person stops the run.
    """
    from corollary_agent.approval import Decision

    kept: list[ToolCall] = []
    for index, call in enumerate(seen.asked):
        seen.output.show(
            call_head(seen.number + 1 + index, call, seen.output.glyphs, pretty=seen.pretty)
        )
        choice, reason = _choose(seen, help=not index)
        if choice == "refuse":
            return Decision(kind="refuse", reason=reason), False
        if choice == "all":
            return _with(seen, [*kept, *seen.asked[index:]]), True
        kept.append(_edited(seen, call, toolkit) if choice == "edit" else call)
    return _with(seen, kept), False


def _choose(seen: Following, *, help: bool) -> tuple[str, str]:
    """What to do with a call, and why where it is refused. Several words are a reason."""
    if help:
        seen.output.note(_HELP)
    while True:
        words = _ask(f"{' ' * 6}{seen.output.glyphs.prompt} ")
        first, _, rest = words.partition(" ")
        choice = _CHOICES.get(first.lower())
        if choice == "refuse":
            return choice, rest.strip() or _ask("      why? ")
        if rest:
            return "refuse", words
        if choice is not None:
            return choice, ""
        seen.output.note(_HELP)


def _with(seen: Following, calls: list[ToolCall]) -> Decision:
    from corollary_agent.approval import Decision

    if tuple(calls) == seen.asked:
        return Decision(kind="run")
    return Decision(kind="edit", calls=tuple(calls))


def _edited(seen: Following, call: ToolCall, toolkit: Toolkit) -> ToolCall:
    """The call as the person rewrites it, asked again until it can run."""
    from corollary_agent.calls import CallError, parse_text_call, render_text_call
    from corollary_agent.prompt import parameter_names

    text = render_text_call(call.name, call.arguments)
    while True:
        text = _ask("      ", text)
        try:
            read = parse_text_call(text, parameter_names(toolkit))
        except CallError as error:
            seen.output.note(f"        {printable(str(error))}")
            continue
        fault = _fault(read, toolkit)
        if fault is None:
            return read.model_copy(update={"id": call.id})
        seen.output.note(f"        {printable(fault)}")


def _fault(call: ToolCall, toolkit: Toolkit) -> str | None:
    """What keeps a call from running, if anything."""
    from pydantic import BaseModel, ValidationError

    from corollary_tools.tool import explain_arguments

    try:
        schema = find_tool(toolkit, call.name).args_schema
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            schema.model_validate(call.arguments)
    except CorollaryError as error:
        return f"{error.what}; {error.remedy}"
    except ValidationError as error:
        return explain_arguments(error)
    return None


def _ask(prompt: str, text: str = "") -> str:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.output import create_output

    asking: PromptSession[str] = PromptSession(output=create_output(sys.stderr))
    try:
        return asking.prompt(prompt, default=text).strip()
    except EOFError:
        raise KeyboardInterrupt from None
