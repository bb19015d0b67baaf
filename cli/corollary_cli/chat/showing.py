"""A finished run in full: messages as they were sent, raw arguments, results uncut.

Guarantees that nothing is shortened. Does not judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corollary_agent.trace import Step
from corollary_cli.chat.rendering import raw_arguments
from corollary_cli.console import Output

if TYPE_CHECKING:
    from corollary_cli.chat.turn import Turn


def show_trace(output: Output, turn: Turn) -> None:
    """Write the whole trace of a problem as a remark."""
    trace = turn.trace
    output.note(f"trace {trace.id}\n  model {trace.model}, toolkit {trace.toolkit}")
    output.note(
        f"  prompt {trace.prompt}, stop {trace.stop}\nproblem\n{_indent(turn.problem.text)}"
    )
    for number, step in enumerate(trace.steps, 1):
        output.note("\n".join([f"step {number}", *step_lines(step)]))
    reasons = _indent("\n".join(turn.judged.reasons))
    output.note(f"verdict {turn.judged.word}\n{reasons}")


def step_lines(step: Step) -> list[str]:
    """One step as plain lines: failed attempts, what the model wrote, calls and results."""
    lines = []
    for attempt in step.attempts:
        lines += [f"  {attempt.fault}: {attempt.text}", f"    told: {attempt.told}"]
    if step.content:
        lines.append(_indent(step.content))
    results = {seen.call_id: seen for seen in step.observations}
    for call in step.calls:
        lines.append(f"  {call.name}({raw_arguments(call.arguments)})")
        if call.id in results:
            lines.append(_indent(results[call.id].text, 4))
    figures = f"{step.input_tokens} tokens in, {step.output_tokens} out"
    return [*lines, f"  {step.milliseconds:.0f} ms, {figures}"]


def _indent(text: str, by: int = 2) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())
