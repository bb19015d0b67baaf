"""`corollary serve`: a model behind an OpenAI-compatible server, until Ctrl-C."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option, model_option
from corollary_cli.stage import StageCommand, pass_output

if TYPE_CHECKING:
    from corollary_agent.serving.door import Event, Listener

EXAMPLE = """\
corollary serve --model starter
corollary solve --model openai:starter@http://127.0.0.1:8000/v1 "What is 48/2?\""""


@click.command(cls=StageCommand, example=EXAMPLE)
@model_option
@click.option("--name", metavar="NAME", help="What clients call it. [default: the SPEC]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Elsewhere needs a token.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0: any that is free.",
)
@click.option(
    "--token",
    metavar="TOKEN",
    envvar="COROLLARY_TOKEN",
    help="What clients send as their API key. Better given in the environment, where"
    " other users of the machine do not see it. [env: COROLLARY_TOKEN]",
)
@click.option(
    "-j",
    "--concurrency",
    type=click.IntRange(min=1),
    metavar="N",
    default=32,
    show_default=True,
    help="Requests at once.",
)
@click.option(
    "--queue",
    type=click.IntRange(min=0),
    metavar="N",
    default=128,
    show_default=True,
    help="Requests that may wait; more are told to come again (429).",
)
@click.option(
    "--max-body",
    type=click.IntRange(min=1),
    metavar="BYTES",
    default=4_000_000,
    show_default=True,
    help="The longest request (413).",
)
@json_option
@pass_output
def command(
    output: Output,
    *,
    model: str | None,
    name: str | None,
    host: str,
    port: int,
    token: str | None,
    concurrency: int,
    queue: int,
    max_body: int,
    as_json: bool,
) -> int:
    """Serve a model to clients of OpenAI's API, until Ctrl-C."""
    from corollary_agent.models.load import load_model
    from corollary_agent.serving.app import ServeLimits
    from corollary_agent.serving.server import Address, ModelServer, check_token
    from corollary_cli.solver import default_spec

    address = Address(host, port)
    check_token(address, token)
    spec = model or default_spec(output)
    server = ModelServer(
        load_model(spec),
        name or spec,
        address,
        token=token,
        limits=ServeLimits(max_body, concurrency, queue),
        on_event=_log(output),
    )
    if as_json:
        output.json("corollary.serve/1", {"url": server.url, "model": server.name})
    else:
        output.result(f"{server.name} at {server.url}")
    output.next_step(f'corollary solve --model "openai:{server.name}@{server.url}" PROBLEM')
    with output.own_stdout():
        server.run()
    return 0


def _log(output: Output) -> Listener:
    """A line on stderr for each answered request."""

    def write(event: Event) -> None:
        status = event.status or "left"
        output.note(f"{time.strftime('%H:%M:%S')} {event.route} {status} {event.seconds:.2f} s")

    return write
