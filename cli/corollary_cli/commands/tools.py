"""`corollary tools`: list the tools, show one, call one, serve them.

Guarantees to load no model, and no solver but in worker processes. Results go to stdout; a call
that the tool refuses is an error with the tool's own words.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from corollary_cli.console import Output
from corollary_cli.lazy import SuggestingGroup
from corollary_cli.options import json_option, toolkit_option
from corollary_cli.stage import StageCommand, common_options, pass_output, write_example
from corollary_cli.tool_calls import load_desk, read_arguments, refused, save_desk
from corollary_cli.tool_text import describe, find_tool, first_sentence, shown_examples, signature

EXAMPLE = "corollary tools call calculate expression='48/2'"
seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="Limit of one call.",
)


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
    """List the tools, show one, call one, or serve them."""
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
    from corollary_tools.toolkit import load_toolkit, tool_schema

    with load_toolkit(toolkit) as kit:
        tool = find_tool(kit, name)
        if as_json:
            output.json("corollary.tool/1", {"tool": tool_schema(tool), **shown_examples(tool)})
            return
        output.result(describe(tool))


@command.command("call", cls=StageCommand, example=EXAMPLE)
@click.argument("name")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]... | JSON | -")
@toolkit_option
@seconds_option
@click.option(
    "--desk",
    "desk_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep what is recorded in this file, from call to call.",
)
@json_option
@pass_output
def call_tool(
    output: Output, /, *, name: str, arguments: tuple[str, ...], toolkit: str, **settings: Any
) -> None:
    """Call one tool and print what it returns.

    A list is given as NAME=VALUE several times, as JSON, or with ";" between its parts; "-" reads
    a JSON object from standard input.
    """
    from corollary_tools.toolkit import load_toolkit
    from corollary_tools.worker import Workers

    with Workers(size=1, seconds=settings["seconds"]) as workers:
        kit = load_toolkit(toolkit, workers)
        tool = find_tool(kit, name)
        desk = load_desk(settings["desk_file"])
        outcome = kit.call(tool.name, read_arguments(tool, arguments), desk)
    if outcome.fault is not None:
        raise refused(tool.name, outcome)
    save_desk(outcome.desk, settings["desk_file"], before=desk)
    if settings["as_json"]:
        body = {"tool": tool.name, "text": outcome.text, "certificate": outcome.certificate}
        output.json("corollary.call/1", {**body, "milliseconds": outcome.milliseconds})
        return
    output.result(outcome.text)


@command.command("serve", cls=StageCommand, example="corollary tools serve --toolkit logic")
@toolkit_option
@click.option("--http", is_flag=True, help="Serve over HTTP, not over stdin and stdout.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address for --http.")
@click.option("--port", default=8765, show_default=True, help="Port for --http; 0: any free one.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=2,
    show_default=True,
    help="Calls at once.",
)
@seconds_option
@pass_output
def serve_tools(output: Output, /, *, toolkit: str, http: bool, **settings: Any) -> None:
    """Serve the tools to MCP clients.

    Each client session records statements of its own. An address that other machines reach needs a
    token: set COROLLARY_MCP_TOKEN. Clients then send it as "Authorization: Bearer TOKEN".
    """
    from corollary_tools.mcp_server import build_server, serve_stdio
    from corollary_tools.toolkit import load_toolkit
    from corollary_tools.worker import Workers

    with Workers(size=settings["workers"], seconds=settings["seconds"]) as workers:
        server = build_server(load_toolkit(toolkit, workers))
        if http:
            _serve_http(server, output, settings["host"], settings["port"])
        else:
            serve_stdio(server)


def _serve_http(server: Any, output: Output, host: str, port: int) -> None:
    from corollary_tools.mcp_server import PATH, listen, serve_http

    token = os.environ.get("COROLLARY_MCP_TOKEN")
    with listen(host, port, token) as listener:
        host, port, *_ = listener.getsockname()
        shown = f"[{host}]" if ":" in host else host
        output.note(f"serving the tools at http://{shown}:{port}{PATH}; Ctrl-C ends it")
        serve_http(server, listener, token)
