"""`corollary tools`: list the tools, show one, call one.

Guarantees to load solvers only, never a model. Results go to stdout; a call that the tool refuses
is an error with the tool's own words.
"""

from __future__ import annotations

from typing import Any

import click

from corollary_cli.console import Output
from corollary_cli.lazy import SuggestingGroup
from corollary_cli.options import json_option, toolkit_option
from corollary_cli.stage import StageCommand, common_options, pass_output, write_example
from corollary_cli.tool_text import describe, find_tool, first_sentence, read_arguments, signature
from corollary_tools.errors import CorollaryError

EXAMPLE = "corollary tools call calculate expression='48/2'"


class _ToolsGroup(SuggestingGroup):
    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params.extend(common_options())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_example(EXAMPLE, formatter)


@click.group(cls=_ToolsGroup, invoke_without_command=True)
@toolkit_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, toolkit: str, as_json: bool) -> None:
    """List the tools, show one, or call one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_tools, toolkit=toolkit, as_json=as_json)


@command.command("list", cls=StageCommand, example="corollary tools list --toolkit logic")
@toolkit_option
@json_option
@pass_output
def list_tools(output: Output, *, toolkit: str, as_json: bool) -> None:
    """List the tools of a toolkit."""
    from corollary_tools.toolkit import load_toolkit

    with load_toolkit(toolkit) as kit:
        if as_json:
            body = {"toolkit": kit.name, "hash": kit.hash, "tools": list(kit.schemas())}
            output.json("corollary.tools/1", body)
            return
        rows = [(signature(tool), first_sentence(tool.description)) for tool in kit.tools]
        output.table(("tool", "what it does"), rows)


@command.command("show", cls=StageCommand, example="corollary tools show premise")
@click.argument("name")
@toolkit_option
@json_option
@pass_output
def show_tool(output: Output, *, name: str, toolkit: str, as_json: bool) -> None:
    """Show one tool: its words, its arguments, its examples."""
    from corollary_tools.toolkit import load_toolkit

    with load_toolkit(toolkit) as kit:
        tool = find_tool(kit, name)
        if as_json:
            schemas = {schema["function"]["name"]: schema for schema in kit.schemas()}
            output.json("corollary.tool/1", {"tool": schemas[tool.name]})
            return
        output.result(describe(tool))


@command.command("call", cls=StageCommand, example=EXAMPLE)
@click.argument("name")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]... | JSON")
@toolkit_option
@json_option
@pass_output
def call_tool(
    output: Output, *, name: str, arguments: tuple[str, ...], toolkit: str, as_json: bool
) -> None:
    """Call one tool once and print what it returns."""
    from corollary_tools.toolkit import load_toolkit

    with load_toolkit(toolkit) as kit:
        tool = find_tool(kit, name)
        outcome = kit.call(tool.name, read_arguments(tool, arguments))
        if outcome.fault is not None:
            raise CorollaryError(
                f"{tool.name} could not be called",
                because=outcome.text,
                remedy=f"corollary tools show {tool.name}",
                exit_code=3 if outcome.fault == "timeout" else 2,
            )
        if as_json:
            body = {"tool": tool.name, "text": outcome.text, "certificate": outcome.certificate}
            output.json("corollary.call/1", {**body, "milliseconds": outcome.milliseconds})
            return
        output.result(outcome.text)
