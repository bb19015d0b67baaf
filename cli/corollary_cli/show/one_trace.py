"""One trace, step by step: what the model wrote, its calls, what they returned, what went wrong.

Guarantees that everything the trace holds of a step is shown whole, and that the first wrong step
is marked where it is known. Judges nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from corollary_agent.calls import render_text_call
from corollary_cli.show.choosing import judged
from corollary_cli.show.lists import STYLES
from corollary_cli.show.screen import Screen

if TYPE_CHECKING:
    from corollary_agent.trace import Observation, Step
    from corollary_datagen.verdict import Graded, StepJudgement

_WORDS = {"CORRECT": "right", "INCORRECT": "wrong", "UNDECIDED": "undecided"}
_LONG = 2000


def trace_view(row: Graded, screen: Screen) -> Generator[str, None, None]:
    """The problem, the steps, the answer and the verdict."""
    trace, verdict = row.trace, row.verdict
    yield _line(screen, f"trace {trace.id}  {row.problem.id}  {row.problem.family}", "bold")
    yield _line(screen, f"model {trace.model}, seed {trace.sampling.seed}", "dim")
    yield "\n"
    yield from _block(screen, row.problem.text, "  ")
    judgements = verdict.step_judgements if verdict else ()
    first = verdict.first_wrong_step if verdict else None
    for index, step in enumerate(trace.steps):
        yield "\n"
        mine = [one for one in judgements if one.step == index]
        yield from _step(screen, index, step, mine, index == first)
    yield "\n"
    yield from _end(row, screen)


def _step(
    screen: Screen, index: int, step: Step, mine: list[StepJudgement], is_first: bool
) -> Iterator[str]:
    tokens = f"{step.output_tokens} tokens, {step.milliseconds:.0f} ms"
    wrong = "  first wrong step" if is_first else ""
    parts = ((f"step {index + 1}", "bold"), (f"  {tokens}", "dim"), (wrong, "bold red"))
    yield screen.drawn(screen.joined(*parts))
    for one in mine:
        word = _WORDS[one.judgement]
        because = f": {one.reason}" if one.reason else ""
        yield _line(screen, f"  {word} by its {one.method}{because}", STYLES[word])
    for attempt in step.attempts:
        yield from _block(screen, attempt.text or "(nothing)", "  ! ", "red")
        yield from _block(
            screen, f"{attempt.fault.replace('_', ' ')}: {attempt.told}", "    ", "dim"
        )
    if step.content:
        yield from _block(screen, step.content, "  ")
    yield from _calls(screen, step)


def _calls(screen: Screen, step: Step) -> Iterator[str]:
    results = {observation.call_id: observation for observation in step.observations}
    for call in step.calls:
        written = render_text_call(call.name, call.arguments)
        yield from _block(screen, written, f"  {screen.sign('▸', '>')} ", "cyan")
        if found := results.get(call.id):
            yield from _result(screen, found)


def _result(screen: Screen, found: Observation) -> Iterator[str]:
    arrow = screen.sign("→", "->")
    style = "red" if found.fault else "dim"
    yield from _block(screen, found.text or "(nothing)", f"    {arrow} ", style)
    if found.fault:
        yield _line(screen, f"      fault: {found.fault.replace('_', ' ')}", "red")


def _end(row: Graded, screen: Screen) -> Iterator[str]:
    trace, word = row.trace, judged(row)
    expected = row.problem.answer.text if row.problem.answer else "not known"
    yield from _block(screen, trace.answer.text if trace.answer else "none", "answer    ")
    yield from _block(screen, expected, "expected  ")
    reason = row.verdict.reason if row.verdict else (trace.error or "not graded")
    yield from _block(screen, f"{word}: {reason}", "verdict   ", STYLES[word])
    if row.verdict:
        yield _line(screen, f"grader    {row.verdict.grader}", "dim")
    spent = trace.usage.model_milliseconds + trace.usage.tool_milliseconds
    yield _line(
        screen,
        f"ended     {trace.stop.replace('_', ' ')} after {len(trace.steps)} steps,"
        f" {trace.usage.output_tokens} tokens, {spent:.0f} ms",
        "dim",
    )


def _block(screen: Screen, words: str, start: str, style: str = "") -> Iterator[str]:
    """Text under a first sign, wrapped to the width where its lines are not huge."""
    safe = screen.text(words).plain
    inside = " " * len(start)
    lead = start
    for line in safe.split("\n"):
        for piece in _wrapped(line, screen.width - len(start)):
            yield screen.drawn(screen.text(f"{lead}{piece}", style))
            lead = inside


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width or len(line) > _LONG or width < 20:
        return [line]
    return textwrap.wrap(
        line, width, drop_whitespace=False, replace_whitespace=False, break_on_hyphens=False
    )


def _line(screen: Screen, words: str, style: str = "") -> str:
    return screen.drawn(screen.text(words.replace("\n", " "), style))
