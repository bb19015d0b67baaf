"""Command groups that load their sub-commands late and answer a wrong word with the nearest one.

Guarantees that help and completion import nothing but click and the light command modules: each
command imports its work inside its own function. Every failure of any command passes through
`failures` here, once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

import click

from corollary_cli.console import Output
from corollary_cli.failures import leave_pipe, report_failure
from corollary_tools.errors import CorollaryError


class SuggestingGroup(click.Group):
    """A click group that names the nearest sub-command when a word is not one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the sub-command, or fail with the nearest name."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise self._unknown(ctx, args[0])
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: click.Context, name: str) -> CorollaryError:
        names = self.list_commands(ctx)
        close = get_close_matches(name, names, n=1)
        suggestion = f" Did you mean '{close[0]}'?" if close else ""
        return CorollaryError(
            f"No such command '{name}'.{suggestion}",
            because=f"the commands are {', '.join(names)}",
            remedy=f"{ctx.command_path} {close[0] if close else ''} --help".replace("  ", " "),
        )


class LateGroup(SuggestingGroup):
    """The root group: sections of commands, each in `corollary_cli.commands.NAME` as `command`."""

    def __init__(self, sections: Mapping[str, Sequence[str]], **settings: Any) -> None:
        super().__init__(**settings)
        self.sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, section by section."""
        return [name for names in self.sections.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command's module; None where there is no such command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        found = import_module(f"corollary_cli.commands.{module}").command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the heading of their section."""
        for title, names in self.sections.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, found.get_short_help_str(60)) for name, found in commands if found]
            with formatter.section(title):
                formatter.write_dl(rows, col_max=12)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words; --help and --version already print here."""
        with _ended_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _ended_pipe():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> NoReturn:
        """Run and exit with the code of DESIGN section 7: 0, 1, 2, 3 or 130."""
        words = list(sys.argv[1:] if args is None else args) or ["--help"]
        output = Output()
        extra.update(standalone_mode=False, obj=output)
        extra.setdefault("prog_name", "corollary")
        try:
            code = super().main(words, **extra)
        except (click.Abort, KeyboardInterrupt, Exception) as error:  # noqa: BLE001  # the one place where every failure ends
            code = report_failure(error, output, words)
        sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _ended_pipe() -> Iterator[None]:
    """End in silence where the reader of stdout went away."""
    try:
        yield
    except BrokenPipeError:
        raise SystemExit(leave_pipe()) from None
