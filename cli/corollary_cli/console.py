"""One factory for everything that is printed: colour rules, glyphs, results apart from remarks.

Results go to stdout, everything else to stderr. Colour is decided once, in this order: the flag,
NO_COLOR, FORCE_COLOR, CI, a terminal. Without colour no escape code is written at all. A stream
that cannot take mathematics gets it spelled in ASCII. Text is never read as Rich markup.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from corollary_cli.plain import printable, to_ascii

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

ColorChoice = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The few signs used; each state has a word beside its sign."""

    call: str = "▸"
    prompt: str = "›"
    wait: str = "…"
    proved: str = "✓"
    checked: str = "≈"
    unchecked: str = "?"
    refuted: str = "✗"
    dot: str = "·"
    bar: str = "│"


ASCII_GLYPHS = Glyphs(
    call=">", prompt=">", wait="..", proved="+", checked="~", refuted="x", dot="-", bar="|"
)


def is_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding takes the signs and the mathematics that are printed."""
    try:
        "✓≈✗∀√²".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is at the other end."""
    return stream.isatty()


def wants_color(stream: TextIO, choice: ColorChoice) -> bool:
    """Apply the order: flag, NO_COLOR, FORCE_COLOR, CI, terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    if os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def build_console(stream: TextIO, choice: ColorChoice = "auto") -> Console:
    """Build the one kind of Rich console: eight colours or none, no markup, no highlighting."""
    from rich.console import Console

    color = wants_color(stream, choice)
    return Console(
        file=stream,
        color_system="standard" if color else None,
        force_terminal=color,
        no_color=not color,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
        legacy_windows=False,
    )


@dataclass(slots=True)
class Output:
    """Where a command writes. One per run of the command; carried by click's context."""

    color: ColorChoice = "auto"
    quiet: bool = False
    debug: bool = False

    @property
    def glyphs(self) -> Glyphs:
        """The signs that stderr can take."""
        return Glyphs() if is_unicode(sys.stderr) else ASCII_GLYPHS

    def result(self, text: str) -> None:
        """Write one result to stdout, safe and whole."""
        _write(sys.stdout, printable(text))

    @contextmanager
    def own_stdout(self) -> Iterator[None]:
        """Keep what libraries print out of the results: it goes to stderr where asked for."""
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(sys.stderr if self.debug else nowhere),
        ):
            yield

    def note(self, text: str = "") -> None:
        """Write a remark to stderr, unless --quiet."""
        if not self.quiet:
            _write(sys.stderr, printable(text))

    def show(self, text: Text, *, result: bool = False) -> None:
        """Write styled text: a remark on stderr, or a result on stdout."""
        stream = sys.stdout if result else sys.stderr
        if result or not self.quiet:
            build_console(stream, self.color).print(text if is_unicode(stream) else _spelled(text))

    def next_step(self, command: str) -> None:
        """Say on stderr which command comes next."""
        self.note(f"next: {command}")

    def json(self, schema: str, body: Mapping[str, Any]) -> None:
        """Write one JSON document to stdout: the schema's name and version first."""
        json.dump({"schema": schema, **body}, sys.stdout)
        sys.stdout.write("\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write rows to stdout: a table for a person, tab-separated whole values for a pipe."""
        cells = [[" ".join(printable(str(cell)).split()) for cell in row] for row in rows]
        if is_terminal(sys.stdout):
            self._draw(header, cells)
        else:
            for row in (list(header), *cells):
                _write(sys.stdout, "\t".join(row))

    def _draw(self, header: Sequence[str], rows: list[list[str]]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
        for index, name in enumerate(header):
            table.add_column(Text(name, style="bold"), overflow="fold", no_wrap=index == 0)
        for row in rows:
            table.add_row(
                *(Text(cell if is_unicode(sys.stdout) else to_ascii(cell)) for cell in row)
            )
        build_console(sys.stdout, self.color).print(table, soft_wrap=False)


def _write(stream: TextIO, text: str) -> None:
    """Write a line at once, so that stdout and stderr keep their order on one screen."""
    stream.write((text if is_unicode(stream) else to_ascii(text)) + "\n")
    stream.flush()


def _spelled(text: Text) -> Text:
    from rich.text import Text

    return Text.assemble(*((to_ascii(part.plain), str(part.style)) for part in _parts(text)))


def _parts(text: Text) -> Iterable[Text]:
    """Cut a text where its style changes, so that each part can be respelled on its own."""
    edges = sorted(
        {0, len(text), *(edge for span in text.spans for edge in (span.start, span.end))}
    )
    for piece in text.divide(edges[1:-1]):
        if piece.spans:
            piece.style = piece.spans[-1].style
        yield piece
