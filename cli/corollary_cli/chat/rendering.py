"""How a run looks in a terminal: calls, results, the answer, its verdict, the closing figures.

Guarantees Rich Text objects only: no markup, no Markdown, so that mathematics arrives as it was
written, or with pretty=True in unicode that reads back as the same (`corollary_tools.display`);
foreign text has lost its control characters. Does not print.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from corollary_agent.trace import Attempt, Observation, ToolCall, Trace
from corollary_cli.console import Glyphs
from corollary_cli.judging import Judged
from corollary_cli.plain import printable
from corollary_tools.display import show_arguments, show_formula, show_words

RESULT_LINES = 8
_VERDICT = 14
_STATEMENT = re.compile(r"(\s*\d+\. )(.*)", re.S)
_STOPS = {
    "refused": "its messages could not be used",
    "loop": "loop, the same call four times",
}
_STYLES = {"proved": "green", "checked": "cyan", "unchecked": "yellow", "refuted": "red"}


def call_line(
    number: int,
    call: ToolCall,
    seen: Observation,
    glyphs: Glyphs,
    width: int,
    *,
    pretty: bool = False,
) -> Text:
    """One call with all its arguments and its time, wide enough to reach the right edge."""
    failed = seen.fault is not None
    head = call_head(number, call, glyphs, pretty=pretty, failed=failed)
    took = f"{seen.milliseconds:.0f} ms"
    gap = max(2, width - head.cell_len - len(took))
    return head.append(" " * gap).append(took, style="dim")


def call_head(
    number: int, call: ToolCall, glyphs: Glyphs, *, pretty: bool = False, failed: bool = False
) -> Text:
    """A call with all its arguments: for reading, or as they were sent where it failed."""
    arguments = show_arguments(call.arguments) if pretty else call.arguments
    words = raw_arguments(call.arguments) if failed else shown_arguments(arguments)
    sign = (glyphs.refuted, "red") if failed else (glyphs.call, "cyan")
    head = Text.assemble(f"{number:>3} ", sign, " ")
    return head.append(printable(call.name), style="bold").append(f"({words})")


def result_block(
    seen: Observation, *, full: bool = False, pretty: bool = False, width: int | None = None
) -> Text:
    """What the call returned, indented; a success is cut after some lines, a failure never.

    width: where long lines are wrapped; None leaves them whole.
    """
    text = printable(seen.text)
    lines = (show_words(text) if pretty else text).splitlines() or [""]
    kept = lines if full or seen.fault else lines[:RESULT_LINES]
    if len(kept) < len(lines):
        kept = [*kept, f"({len(lines) - len(kept)} more lines, /trace shows them)"]
    if seen.fault is not None:
        kept[-1] += f"  [{seen.fault.replace('_', ' ')}]"
    return Text("\n".join(_wrapped(line, 8, width) for line in kept))


def attempt_block(attempt: Attempt, glyphs: Glyphs, *, width: int | None = None) -> Text:
    """A message that could not be used, and what the model was told about it."""
    wrote = printable(attempt.text).strip().replace("\n", "\n      ") or "(nothing)"
    head = Text.assemble("    ", (glyphs.refuted, "red"), f" {attempt.fault.replace('_', ' ')}: ")
    told = "".join(f"\n{_wrapped(line, 8, width)}" for line in printable(attempt.told).splitlines())
    return head.append(wrote).append(told)


def answer_words(trace: Trace) -> str:
    """The answer in the model's last words, or why there is none."""
    if trace.stop == "answered":
        words = trace.steps[-1].content if trace.steps else ""
        return words or (trace.answer.text if trace.answer else "")
    reason = f"no answer: {_STOPS.get(trace.stop, trace.stop.replace('_', ' '))}"
    return f"{reason} ({trace.error})" if trace.error else reason


def words_block(text: str, *, pretty: bool = False, bold: bool = False) -> Text:
    """What a model says, indented."""
    lines = printable(show_words(text) if pretty else text).split("\n")
    return Text("\n".join(f"  {line}" for line in lines), style="bold" if bold else "")


def verdict_block(
    judged: Judged, glyphs: Glyphs, *, pretty: bool = False, width: int | None = None
) -> Text:
    """Sign, word and reasons: `+ proved    follows from 1, 4`."""
    sign = getattr(glyphs, judged.word)
    reasons = [_shown_reason(reason) if pretty else reason for reason in judged.reasons]
    lines = [_wrapped(printable(reason), _VERDICT, width) for reason in reasons]
    head = Text.assemble("  ", (f"{sign} {judged.word:<10}", _STYLES[judged.word]))
    return head.append("\n".join(lines)[_VERDICT:])


def figures_line(trace: Trace, glyphs: Glyphs, seconds: float) -> Text:
    """Time, calls, tokens and the trace's id."""
    calls = sum(len(step.calls) for step in trace.steps)
    used = trace.usage
    parts = [f"{seconds:.1f} s", f"{calls} call{'' if calls == 1 else 's'}"]
    if used.input_tokens or used.output_tokens:
        parts.append(f"{used.input_tokens} tokens in, {used.output_tokens} out")
    parts.append(f"trace {trace.id[:8]}")
    return Text(f"  {f' {glyphs.dot} '.join(parts)}", style="dim")


def shown_arguments(arguments: Mapping[str, Any]) -> str:
    """Arguments for reading: values alone, texts without quotes, empty ones left out."""
    values = [value for value in arguments.values() if value not in ([], "", None)]
    return ", ".join(_shown(value) for value in values)


def raw_arguments(arguments: Mapping[str, Any]) -> str:
    """Arguments as they were sent: names, quotes and all."""
    pairs = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in arguments.items())
    return printable(", ".join(pairs))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return printable(value) if isinstance(value, str) else json.dumps(value)


def _shown_reason(reason: str) -> str:
    """A reason; a statement that a proof rests on is a number and a formula."""
    statement = _STATEMENT.fullmatch(reason)
    if statement is None:
        return show_words(reason)
    return statement.group(1) + show_formula(statement.group(2))


def _wrapped(line: str, by: int, width: int | None) -> str:
    """The line, indented, and broken at spaces where it does not fit."""
    room = 10**6 if width is None else max(20, width - by - 1)
    if len(line) <= room:
        return " " * by + line
    parts = textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False)
    return "\n".join(" " * by + part for part in parts)
