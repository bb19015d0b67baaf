"""Progress on stderr: a line rewritten in place on a terminal, a plain one now and then elsewhere.

A Meter counts and says how fast, how long still, what went wrong last, and when nothing has moved
for a while. A LiveLine draws any such text while work blocks the main thread. Guarantees that the
line is gone before anything else is printed. Does not decide what is counted.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Self

from corollary_cli.console import Output, is_terminal, is_unicode
from corollary_cli.plain import one_line, to_ascii

REDRAW_SECONDS = 0.2
PLAIN_SECONDS = 30.0
STALL_SECONDS = 60.0


def duration(seconds: float) -> str:
    """A length of time for people: `8 s`, `2 min 9 s`, `3 h 5 min`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@dataclass(slots=True)
class Meter:
    """How far a stage is. total: None where it is not known. facts: shown after the numbers."""

    label: str
    total: int | None = None
    done: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    last_error: str = ""
    started: float = field(default_factory=time.monotonic)
    moved: float = field(default_factory=time.monotonic)
    first: int | None = None

    def advance(self, done: int, total: int | None = None, error: str | None = None) -> None:
        """Note that `done` items are finished; those of the first note are not in the rate."""
        self.first = done if self.first is None else self.first
        self.done, self.moved = done, time.monotonic()
        self.total = self.total if total is None else total
        self.last_error = self.last_error if error is None else error

    def text(self) -> str:
        """The line as it stands now."""
        now = time.monotonic()
        parts = [self.label, *self._counts(now), *(f"{k} {v}" for k, v in self.facts.items())]
        if self.last_error:
            parts.append(f"last error: {self.last_error}")
        if now - self.moved >= STALL_SECONDS:
            parts.append(f"nothing for {duration(now - self.moved)}")
        return " · ".join(parts)

    def _counts(self, now: float) -> list[str]:
        if self.total is None and not self.done:
            return [duration(now - self.started)]
        counts = [f"{self.done}/{self.total}" if self.total is not None else str(self.done)]
        rate = (self.done - (self.first or 0)) / max(now - self.started, 1e-6)
        if rate > 0:
            counts.append(f"{rate:.1f}/s" if rate >= 0.95 else f"{rate * 60:.1f}/min")
        if rate > 0 and self.total is not None:
            counts.append(f"{duration((self.total - self.done) / rate)} left")
        return counts


class LiveLine:
    """Draws `render()` on stderr until left. plain: also say it without a terminal, each 30 s."""

    def __init__(self, output: Output, render: Callable[[], str], *, plain: bool = False) -> None:
        self._render = render
        self._terminal = is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._terminal = self._terminal and not output.quiet
        self._active = self._terminal or (plain and not output.quiet)
        self._stop = Event()
        self._lock = RLock()
        self._drawn = False
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        if self._active:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._active:
            self._thread.join()
        with self._lock:
            self._erase()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Take the line away while something else is printed."""
        with self._lock:
            self._erase()
            yield

    def _run(self) -> None:
        while not self._stop.wait(REDRAW_SECONDS if self._terminal else PLAIN_SECONDS):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if not self._terminal:
            sys.stderr.write(_fit(self._render(), 1000) + "\n")
            return
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[2K{_fit(self._render(), width)}")
        sys.stderr.flush()
        self._drawn = True

    def _erase(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._drawn = False


def _fit(text: str, width: int) -> str:
    return one_line(text if is_unicode(sys.stderr) else to_ascii(text), width)


@contextmanager
def metered(output: Output, label: str, total: int | None = None) -> Iterator[Meter]:
    """Show a meter while the block runs."""
    meter = Meter(label, total)
    with LiveLine(output, meter.text, plain=True):
        yield meter
