"""The screen: what is shown goes through a pager as git's does, on a terminal alone.

Guarantees that foreign text is printed as text: no markup is read, no escape sequence passes, and a
stream that cannot take mathematics gets it in ASCII. Without colour no escape code is written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from corollary_cli.console import build_console, is_terminal, is_unicode, wants_color
from corollary_cli.plain import printable, to_ascii

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from corollary_cli.console import Output

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a view is drawn. width: columns; color: whether escape codes may be written."""

    width: int
    color: bool
    unicode: bool

    def text(self, words: str, style: str = "") -> Text:
        """Foreign text, safe, in a style."""
        from rich.text import Text

        safe = printable(words).expandtabs(4)
        return Text(safe if self.unicode else to_ascii(safe), style=style)

    def joined(self, *parts: tuple[str, str]) -> Text:
        """Foreign texts one after the other, each in its own style."""
        from rich.text import Text

        return Text.assemble(*(self.text(words, style) for words, style in parts))

    def sign(self, unicode: str, plain: str) -> str:
        """A sign, or its spelling where the stream cannot take it."""
        return unicode if self.unicode else plain

    def drawn(self, part: RenderableType, *, wrap: bool = False) -> str:
        """One part as it is written, with its line end."""
        stream = StringIO()
        console = build_console(stream, "always" if self.color else "never")
        console.width = self.width
        console.print(part, soft_wrap=not wrap)
        return stream.getvalue()


def open_screen(output: Output) -> Screen:
    """The screen of stdout: the terminal's width, or 100 columns for a file or a pipe."""
    width = get_terminal_size((_WIDTH, 40)).columns if is_terminal(sys.stdout) else _WIDTH
    if not is_terminal(sys.stdout) and os.environ.get("COLUMNS", "").isdecimal():
        width = int(os.environ["COLUMNS"])
    return Screen(max(width, 20), wants_color(sys.stdout, output.color), is_unicode(sys.stdout))


def page(parts: Iterable[str], screen: Screen, *, pager: bool = True) -> None:
    """Write the parts; on a terminal through $PAGER (less) where they are more than fit."""
    rest = iter(parts)
    height = get_terminal_size((_WIDTH, 40)).lines
    if not (pager and is_terminal(sys.stdout) and is_terminal(sys.stdin)):
        _write(rest)
        return
    first = list(islice(rest, height))
    if sum(part.count("\n") for part in first) < height - 1:
        _write(chain(first, rest))
        return
    os.environ.setdefault("LESS", "FRX")  # As git does: quit at once if short, keep colours.
    click.echo_via_pager(chain(first, rest), color=screen.color)


def _write(parts: Iterator[str]) -> None:
    for part in parts:
        sys.stdout.write(part)
    sys.stdout.flush()
