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
from corollary_cli.console import Output
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
        kept.append(_edited(call, toolkit, seen.output) if choice == "edit" else call)
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


def _edited(call: ToolCall, toolkit: Toolkit, output: Output) -> ToolCall:
    """The call as the person rewrites it, asked again until it can run; an empty line leaves it."""
    from corollary_agent.calls import CallError, render_text_call

    text = render_text_call(call.name, call.arguments)
    while text := _ask("      ", text):
        try:
            return _read(text, toolkit).model_copy(update={"id": call.id})
        except CallError as error:
            output.note(f"        {printable(str(error))}")
        except CorollaryError as error:
            output.note(f"        {error.what}; try: {error.remedy}")
    return call


def _read(text: str, toolkit: Toolkit) -> ToolCall:
    """The call in `text`. Raises CallError or CorollaryError where it cannot run."""
    from pydantic import BaseModel, ValidationError

    from corollary_agent.calls import CallError, parse_text_call
    from corollary_agent.prompt import parameter_names
    from corollary_tools.tool import explain_arguments

    schema = find_tool(toolkit, text.partition("(")[0].strip()).args_schema
    call = parse_text_call(text, parameter_names(toolkit))
    assert isinstance(schema, type)
    assert issubclass(schema, BaseModel)
    try:
        schema.model_validate(call.arguments)
    except ValidationError as error:
        raise CallError(explain_arguments(error)) from None
    return call


def _ask(prompt: str, text: str = "") -> str:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.output import create_output

    asking: PromptSession[str] = PromptSession(output=create_output(sys.stderr))
    try:
        return asking.prompt(prompt, default=text).strip()
    except EOFError:
        raise KeyboardInterrupt from None
