"""How a run looks in a terminal: calls, results, the answer, its verdict, the closing figures.

Guarantees Rich Text objects only: no markup, no Markdown, so that mathematics arrives as it was
written; foreign text has lost its control characters. Does not print.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from corollary_agent.trace import Attempt, Observation, ToolCall, Trace
from corollary_cli.console import Glyphs
from corollary_cli.judging import Judged
from corollary_cli.plain import printable

RESULT_LINES = 8
_STYLES = {"proved": "green", "checked": "cyan", "unchecked": "yellow", "refuted": "red"}


def call_line(number: int, call: ToolCall, seen: Observation, glyphs: Glyphs, width: int) -> Text:
    """One call with all its arguments and its time, wide enough to reach the right edge."""
    failed = seen.fault is not None
    sign = glyphs.refuted if failed else glyphs.call
    words = raw_arguments(call.arguments) if failed else shown_arguments(call.arguments)
    head = Text.assemble(f"{number:>3} ", (sign, "red" if failed else "cyan"), " ")
    head.append(printable(call.name), style="bold").append(f"({words})")
    took = f"{seen.milliseconds:.0f} ms"
    gap = max(2, width - head.cell_len - len(took))
    return head.append(" " * gap).append(took, style="dim")


def result_block(seen: Observation, *, full: bool = False) -> Text:
    """What the call returned, indented; a success is cut after some lines, a failure never."""
    lines = printable(seen.text).splitlines() or [""]
    kept = lines if full or seen.fault else lines[:RESULT_LINES]
    if len(kept) < len(lines):
        kept = [*kept, f"({len(lines) - len(kept)} more lines, /trace shows them)"]
    block = Text("\n".join(f"        {line}" for line in kept))
    return block if seen.fault is None else block.append(f"  [{seen.fault.replace('_', ' ')}]")


def attempt_block(attempt: Attempt, glyphs: Glyphs) -> Text:
    """A message that could not be used, and what the model was told about it."""
    wrote = printable(attempt.text).strip() or "(nothing)"
    head = Text.assemble("    ", (glyphs.refuted, "red"), f" {attempt.fault.replace('_', ' ')}: ")
    told = "\n".join(f"        {line}" for line in printable(attempt.told).splitlines())
    return head.append(wrote).append(f"\n{told}")


def answer_block(trace: Trace) -> Text:
    """The answer in the model's last words, or why there is none."""
    if trace.stop == "answered":
        words = trace.steps[-1].content if trace.steps else ""
        return _indented(words or (trace.answer.text if trace.answer else ""))
    reason = f"no answer: {trace.stop.replace('_', ' ')}"
    return _indented(f"{reason} ({trace.error})" if trace.error else reason)


def verdict_block(judged: Judged, glyphs: Glyphs) -> Text:
    """Sign, word and reasons: `+ proved    follows from 1, 4`."""
    sign = getattr(glyphs, judged.word)
    head = Text.assemble("  ", (f"{sign} {judged.word:<10}", _STYLES[judged.word]))
    return head.append(printable(("\n" + " " * 14).join(judged.reasons)))


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


def _indented(text: str) -> Text:
    return Text("\n".join(f"  {line}" for line in printable(text).splitlines()), style="bold")
