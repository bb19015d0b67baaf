"""Two models on one question, side by side: steps, answers, figures, and where they first differ.

Guarantees that step stands beside step, that nothing is left out of a call, and that calls which
read the same (`x^2` and `x**2`) do not count as different. Columns where the terminal is wide
enough, one after the other elsewhere. Does not run anything.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from corollary_cli.chat.rendering import answer_words, shown_arguments
from corollary_cli.chat.turn import Turn
from corollary_cli.console import Output
from corollary_cli.plain import printable
from corollary_tools.display import show_arguments, show_words

if TYPE_CHECKING:
    from corollary_agent.trace import Step

NARROW = 76
_GAP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One step of each side. differs: the calls are not the same."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    differs: bool


def show_comparison(output: Output, left: Turn, right: Turn, *, pretty: bool, width: int) -> None:
    """Write both runs."""
    rows = compare_steps(left, right, pretty=pretty)
    if width < NARROW:
        for turn, side in ((left, [r.left for r in rows]), (right, [r.right for r in rows])):
            output.show(Text(f"  {turn.model}", style="bold"))
            for line in (line for lines in side for line in lines):
                output.show(Text(f"  {line}"))
            output.show(Text("\n".join(f"  {line}" for line in closing(turn, output, pretty))))
            output.note()
    else:
        _show_columns(output, (left, right), rows, pretty=pretty, width=width)
    output.note(f"  {difference(left, right, rows)}")


def compare_steps(left: Turn, right: Turn, *, pretty: bool) -> list[Row]:
    """The steps of both, beside each other."""
    pairs = zip_longest(left.trace.steps, right.trace.steps)
    return [
        Row(_lines(number, a, pretty), _lines(number, b, pretty), _calls(a) != _calls(b))
        for number, (a, b) in enumerate(pairs, 1)
        if _has_more(a) or _has_more(b)
    ]


def difference(left: Turn, right: Turn, rows: Sequence[Row]) -> str:
    """Where two runs first part, in words."""
    given = [turn.trace.answer.text for turn in (left, right) if turn.trace.answer is not None]
    answers = "the same answer" if len({*given}) == 1 else "different answers"
    if len(given) < 2:
        answers = "one answer" if given else "no answer from either"
    first = next((number for number, row in enumerate(rows, 1) if row.differs), None)
    if first is None:
        return f"the same calls, {answers}"
    return f"{answers}; the calls first differ at step {first}"


def closing(turn: Turn, output: Output, pretty: bool) -> list[str]:
    """Answer, verdict and figures of one side."""
    words = answer_words(turn.trace)
    sign = getattr(output.glyphs, turn.judged.word)
    used, calls = turn.trace.usage, sum(len(step.calls) for step in turn.trace.steps)
    figures = [f"{turn.seconds:.1f} s", f"{calls} call{'' if calls == 1 else 's'}"]
    if used.input_tokens or used.output_tokens:
        figures.append(f"{used.input_tokens} tokens in, {used.output_tokens} out")
    dot = f" {output.glyphs.dot} "
    shown = printable(show_words(words) if pretty else words)
    first, *more = (printable(reason) for reason in turn.judged.reasons[:2])
    reasons = [f"{sign} {turn.judged.word}  {first}", *(f"  {reason}" for reason in more)]
    return ["", *shown.splitlines(), *reasons, dot.join(figures)]


def _lines(number: int, step: Step | None, pretty: bool) -> tuple[str, ...]:
    return tuple(_step_lines(number, step, pretty)) if step is not None else ()


def _step_lines(number: int, step: Step, pretty: bool) -> Iterator[str]:
    for attempt in step.attempts:
        wrote = " ".join(printable(attempt.text).split()) or "(nothing)"
        yield f"{number:>3} {attempt.fault.replace('_', ' ')}: {wrote}"
    results = {seen.call_id: seen for seen in step.observations}
    for call in step.calls:
        arguments = show_arguments(call.arguments) if pretty else call.arguments
        yield f"{number:>3} {printable(call.name)}({shown_arguments(arguments)})"
        seen = results.get(call.id)
        for line in printable(seen.text if seen else "").splitlines():
            yield f"      {show_words(line) if pretty else line}"


def _calls(step: Step | None) -> object:
    """What a step does, in one way of writing; None where there is no step or no call in it."""
    if step is None or not step.calls:
        return None
    return [(call.name, str(show_arguments(call.arguments))) for call in step.calls]


def _has_more(step: Step | None) -> bool:
    return step is not None and bool(step.calls or step.attempts)


def _show_columns(
    output: Output, turns: tuple[Turn, Turn], rows: Sequence[Row], *, pretty: bool, width: int
) -> None:
    room = (width - 2 - _GAP) // 2
    output.show(_beside((turns[0].model,), (turns[1].model,), room, style="bold"))
    first = next((index for index, row in enumerate(rows) if row.differs), None)
    for index, row in enumerate(rows):
        style = "yellow" if index == first else ""
        output.show(
            _beside(row.left, row.right, room, style=style, mark="≠" if index == first else "│")
        )
    ends = [closing(turn, output, pretty) for turn in turns]
    output.show(_beside(ends[0], ends[1], room))


def _beside(
    left: Sequence[str], right: Sequence[str], room: int, *, style: str = "", mark: str = "│"
) -> Text:
    """The lines of both sides; the first has the mark between them."""
    pairs = zip_longest(_folded(left, room), _folded(right, room), fillvalue="")
    lines = []
    for index, (a, b) in enumerate(pairs):
        gap = " " * (room - cell_len(a)) + f" {'│' if index else mark} "
        lines.append(f"  {a}{gap}{b}".rstrip())
    return Text("\n".join(lines), style=style)


def _folded(lines: Sequence[str], room: int) -> list[str]:
    """The lines, broken at `room` columns, what follows indented below."""
    folded: list[str] = []
    for line in lines:
        indent = " " * min(8, len(line) - len(line.lstrip()) + 2)
        folded += textwrap.wrap(line, room, subsequent_indent=indent, drop_whitespace=False) or [""]
    return folded
