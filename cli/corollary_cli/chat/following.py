"""What has been seen of a run so far: the steps it shows, and the line shown while it works.

Guarantees that each call, result and repair is shown once, in order, and that streamed words are
shown whole line by whole line: what is being written stands in the status line until it is done.
Does not run anything.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corollary_cli.chat.rendering import attempt_block, call_line, result_block, words_block
from corollary_cli.console import Output, is_terminal
from corollary_cli.plain import printable
from corollary_cli.progress import STALL_SECONDS, duration

if TYPE_CHECKING:
    from corollary_agent.trace import Attempt, Observation, Step, ToolCall, Trace

_HELD = 3  # lines of a message that are held back: it may turn out to be a short one
_TAIL = 16
_WIDEST = 100


@dataclass(slots=True)
class Following:
    """A run as it is seen. pretty: mathematics in unicode. silent: nothing is shown but the line.

    number: calls shown. steps, spent: finished steps and their tokens; drafted, tokens: those of
    the step's messages so far, and of the one being written. asked: calls shown to a
    person before they ran; waits: an answer is needed. line: words of the message being written
    that are not shown yet.
    """

    output: Output
    pretty: bool = False
    silent: bool = False
    doing: str = "thinking"
    started: float = field(default_factory=time.monotonic)
    moved: float = field(default_factory=time.monotonic)
    number: int = 0
    steps: int = 0
    spent: int = 0
    drafted: int = 0
    tokens: int = 0
    line: str = ""
    lines: int = 0
    piece: str = ""
    waiting: list[ToolCall] = field(default_factory=list)
    asked: tuple[ToolCall, ...] = ()
    waits: bool = False
    failed: Attempt | None = None
    trace: Trace | None = None

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.started

    def status(self) -> str:
        """The line shown while waiting: where, what, how much, how long, how to stop."""
        glyphs = self.output.glyphs
        still = time.monotonic() - self.moved
        parts = [self.doing, duration(self.seconds), "Ctrl-C stops"]
        if self.steps:
            parts.insert(0, f"step {self.steps + 1}")
        if tokens := self.spent + self.drafted + self.tokens:
            parts.insert(-1, f"{tokens} tokens")
        if still >= STALL_SECONDS:
            parts.insert(-1, f"nothing for {duration(still)}")
        text = f"{glyphs.wait} {f' {glyphs.dot} '.join(parts)}"
        return text + self._tail(width_of_terminal(_WIDEST) - len(text) - 4)

    def _tail(self, room: int) -> str:
        written = " ".join(printable(self.piece or self.line).split())
        return f" {self.output.glyphs.bar} {written[-room:]}" if written and room >= _TAIL else ""

    def see(self, kind: str, value: Any) -> None:
        """Take one event of the run."""
        self.moved = time.monotonic()
        show = getattr(self, f"_see_{kind}", None)
        if show is not None:
            show(value)

    def turn_to(self, doing: str) -> None:
        """Note that something else is being waited for."""
        self.drafted += self.tokens
        self.doing, self.tokens, self.piece = doing, 0, ""

    def _see_token(self, text: str) -> None:
        self.tokens += 1
        self.line += text
        done, *held = self.line.lstrip("\n").rsplit("\n", _HELD)
        if len(held) == _HELD:
            self.lines += 1
            self._show(words_block(done, pretty=self.pretty))
            self.line = "\n".join(held)

    def _see_piece(self, text: str) -> None:
        self.tokens += 1
        self.piece += text

    def _see_said(self, text: str) -> None:
        rest = self.take_rest(text)
        if rest.strip():
            self._show(words_block(rest, pretty=self.pretty))

    def take_rest(self, text: str) -> str:
        """What of a message's words is not shown yet; the next message begins anew."""
        rest = self.line if self.lines else text
        self.line, self.lines = "", 0
        return rest

    def _see_call(self, call: ToolCall) -> None:
        self.asked = ()
        self.waiting.append(call)
        self.turn_to(printable(call.name))

    def _see_ask(self, calls: tuple[ToolCall, ...]) -> None:
        self.asked, self.waiting, self.waits = calls, list(calls), True

    def _see_result(self, seen: Observation) -> None:
        call = next((call for call in self.waiting if call.id == seen.call_id), None)
        if call is None:
            return
        self.waiting.remove(call)
        self.number += 1
        width, glyphs = shown_width(), self.output.glyphs
        if call not in self.asked or seen.fault is not None:
            self._show(call_line(self.number, call, seen, glyphs, width, pretty=self.pretty))
        self._show(result_block(seen, pretty=self.pretty, width=wrap_width()))
        self.turn_to(printable(self.waiting[0].name) if self.waiting else "thinking")

    def _see_step(self, step: Step) -> None:
        self.steps += 1
        self.spent += step.output_tokens or self.drafted
        self.drafted = 0

    def _see_repair(self, attempt: Attempt) -> None:
        self.waiting.clear()
        self.line, self.lines = "", 0
        glyphs = self.output.glyphs
        if attempt.fault == "refused_call":
            self._show(words_block(f"    {printable(attempt.told)}"))
        elif attempt == self.failed:
            self._show(words_block(f"  {glyphs.refuted} the same again"))
        else:
            self._show(attempt_block(attempt, glyphs, width=wrap_width()))
        self.failed = attempt
        self.turn_to("thinking again")

    def _see_trace(self, trace: Trace) -> None:
        self.trace = trace

    def _show(self, text: Any) -> None:
        if not self.silent:
            self.output.show(text)


def width_of_terminal(most: int) -> int:
    """Columns of the terminal, `most` at most."""
    return min(most, shutil.get_terminal_size().columns - 1)


def shown_width() -> int:
    """How far a line of a step reaches: to the terminal's edge, or 80 columns in a pipe."""
    return width_of_terminal(_WIDEST) if is_terminal(sys.stderr) else 80


def wrap_width() -> int | None:
    """Where results are wrapped: at the terminal's edge, not at all in a pipe."""
    return shutil.get_terminal_size().columns if is_terminal(sys.stderr) else None
