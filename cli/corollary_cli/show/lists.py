"""Lists of traces and pairs: one line each, cut to the width.

Guarantees lines that can be read by the next command: the first word is the id or number that
`corollary show` takes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

from corollary_cli.differing import shared_lead, spoken
from corollary_cli.plain import line_end, one_line
from corollary_cli.show.choosing import judged
from corollary_cli.show.screen import Screen

if TYPE_CHECKING:
    from corollary_agent.trace import Message
    from corollary_datagen.pair import PreferencePair
    from corollary_datagen.verdict import Graded

STYLES = {
    "right": "green",
    "wrong": "red",
    "undecided": "yellow",
    "error": "magenta",
    "ungraded": "dim",
}


def trace_lines(rows: Iterable[Graded], screen: Screen) -> Generator[str, None, None]:
    """A head, then a line for each trace: id, verdict, steps, tokens, how it ended, answer."""
    yield screen.drawn(
        screen.text(
            f"{'trace':17}{'verdict':11}{'steps':>5} {'tokens':>7}  {'ended':12}problem: answer",
            "bold",
        )
    )
    for row in rows:
        yield _trace_line(row, screen)


def _trace_line(row: Graded, screen: Screen) -> str:
    trace, word = row.trace, judged(row)
    ended = trace.stop.replace("_", " ")
    name = f"{one_line(trace.id, 16):17}"
    effort = f"{len(trace.steps):>5} {trace.usage.output_tokens:>7}  {ended:12}"
    room = max(10, screen.width - len(name) - 11 - len(effort))
    answer = one_line(trace.answer.text[:1000] if trace.answer else "no answer", room // 2)
    told = f"{line_end(row.problem.id, room - len(answer) - 2)}: {answer}"
    parts = ((name, ""), (f"{word:11}", STYLES[word]), (effort, ""), (told, ""))
    return screen.drawn(screen.joined(*parts))


def trace_row(row: Graded) -> dict[str, Any]:
    """A trace in the list, for a program."""
    trace = row.trace
    return {
        "id": trace.id,
        "problem": row.problem.id,
        "family": row.problem.family,
        "model": trace.model,
        "verdict": judged(row),
        "steps": len(trace.steps),
        "tokens": trace.usage.output_tokens,
        "stop": trace.stop,
        "answer": trace.answer.text if trace.answer else None,
        "faults": sorted({fault for step in trace.steps for fault in step.faults}),
    }


def pair_lines(
    rows: Iterable[tuple[int, PreferencePair]], screen: Screen
) -> Generator[str, None, None]:
    """A head, then a line for each pair: number, kind, mistake, what each side did first."""
    yield screen.drawn(
        screen.text(f"{'pair':>6}  {'kind':11}{'mistake':22}chosen / rejected", "bold")
    )
    for number, pair in rows:
        yield _pair_line(number, pair, screen)


def _pair_line(number: int, pair: PreferencePair, screen: Screen) -> str:
    lead = shared_lead(pair.chosen, pair.rejected)
    start = f"{number:>6}  {pair.kind:11}{one_line(pair.error_kind, 21):22}"
    room = max(10, (screen.width - len(start) - 3) // 2)
    sides = [_first(side[lead:], room) for side in (pair.chosen, pair.rejected)]
    parts = ((start, ""), (f"{sides[0]:{room}}", "green"), (" / ", ""), (sides[1], "red"))
    return screen.drawn(screen.joined(*parts))


def _first(side: tuple[Message, ...], room: int) -> str:
    return one_line(spoken(side[0])[:1000], room) if side else "(nothing more)"


def pair_row(number: int, pair: PreferencePair) -> dict[str, Any]:
    """A pair in the list, for a program."""
    fields = pair.model_dump(mode="json", include=set(_FIELDS))
    return {"number": number, **{name: fields[name] for name in _FIELDS}}


_FIELDS = (
    "kind", "error_kind", "problem_id", "family", "origin", "margin", "chosen_trace",
    "rejected_trace",
)  # fmt: skip
