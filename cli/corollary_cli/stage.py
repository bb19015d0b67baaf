"""The kind of click command that every stage is: common flags, one example in its help.

Guarantees that --color, --quiet and --traceback mean the same everywhere and may stand before or
after the sub-command. Does not load any work.
"""

from __future__ import annotations

from typing import Any, cast, get_args

import click

from corollary_cli.console import ColorChoice, Output


def _set_color(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Output).color = cast(ColorChoice, value)


def _set_quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    output = ctx.ensure_object(Output)
    output.quiet = output.quiet or value


def _set_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    output = ctx.ensure_object(Output)
    output.debug = output.debug or value


def common_options() -> list[click.Parameter]:
    """The flags that every command takes."""
    return [
        click.Option(
            ["--color"],
            type=click.Choice(get_args(ColorChoice)),
            expose_value=False,
            callback=_set_color,
            help="Colour. [env: NO_COLOR, FORCE_COLOR; default: on a terminal]",
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_set_quiet,
            help="Print the result only.",
        ),
        click.Option(
            ["--traceback"],
            is_flag=True,
            expose_value=False,
            callback=_set_debug,
            help="Show the traceback of a failure. [env: COROLLARY_DEBUG=1]",
        ),
    ]


class StageCommand(click.Command):
    """A command with the common flags; `example` is shown under its help."""

    def __init__(self, *args: Any, example: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.example = example
        self.params.extend(common_options())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example as it is typed, unwrapped."""
        write_example(self.example, formatter)
        super().format_epilog(ctx, formatter)


def write_example(example: str, formatter: click.HelpFormatter) -> None:
    """Write example lines under their heading."""
    if example:
        with formatter.section("Example"):
            for line in example.splitlines():
                formatter.write(f"  {line}\n")


pass_output = click.make_pass_decorator(Output, ensure=True)
