"""One pair: the history that both sides share, then chosen and rejected, what differs marked.

Side by side where there is room, else one under the other. Guarantees that marks do not need
colour: without it, what differs stands in signs, as in git's word diff.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from corollary_cli.differing import Span, aligned, differing, shared_lead, speaker, spoken
from corollary_cli.show.screen import Screen

if TYPE_CHECKING:
    from rich.text import Text

    from corollary_agent.trace import Message
    from corollary_datagen.pair import PreferencePair

WIDE = 90
_LONGEST = 20_000
_MARKS = {"green": "bold green reverse", "red": "bold red reverse"}
_PLAIN = {"green": ("{+", "+}"), "red": ("[-", "-]")}  # as git marks words without colour


def pair_view(number: int, pair: PreferencePair, screen: Screen) -> Generator[str, None, None]:
    """The whole pair."""
    lead = shared_lead(pair.chosen, pair.rejected)
    told = ", ".join(word for word in (pair.kind, pair.origin, pair.error_kind) if word)
    yield screen.drawn(screen.text(f"pair {number}  {told}", "bold"))
    yield screen.drawn(
        screen.text(f"{pair.problem_id}  {pair.family}  margin {pair.margin:g}", "dim")
    )
    for message in (*pair.prompt, *pair.chosen[:lead]):
        yield screen.drawn(_said(message, screen), wrap=True)
    yield "\n"
    draw = _beside if screen.width >= WIDE else _under
    yield from draw(pair.chosen[lead:], pair.rejected[lead:], screen)
    yield "\n"
    traces = f"chosen from {pair.chosen_trace}, rejected from {pair.rejected_trace}"
    yield screen.drawn(screen.text(traces, "dim"))


def _said(message: Message, screen: Screen) -> Text:
    style = "dim" if message["role"] in ("system", "tool") else ""
    return screen.joined((f"{speaker(message):>12}  ", "dim"), (_cut(spoken(message)), style))


def _beside(
    chosen: Sequence[Message], rejected: Sequence[Message], screen: Screen
) -> Iterator[str]:
    from rich.table import Table

    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False)
    for name, style in _heads(screen):
        table.add_column(screen.text(name, f"bold {style}"), ratio=1, overflow="fold")
    for left, right in _rows(chosen, rejected, screen):
        table.add_row(left, right)
    yield screen.drawn(table, wrap=True)


def _under(chosen: Sequence[Message], rejected: Sequence[Message], screen: Screen) -> Iterator[str]:
    rows = list(_rows(chosen, rejected, screen))
    for side, (name, style) in enumerate(_heads(screen)):
        yield screen.drawn(screen.text(name, f"bold {style}"))
        for row in rows:
            if row[side].plain:
                yield screen.drawn(row[side], wrap=True)


def _heads(screen: Screen) -> tuple[tuple[str, str], tuple[str, str]]:
    right, wrong = screen.sign("✓", "+"), screen.sign("✗", "-")
    return (f"{right} chosen", "green"), (f"{wrong} rejected", "red")


def _rows(
    chosen: Sequence[Message], rejected: Sequence[Message], screen: Screen
) -> Iterator[tuple[Text, Text]]:
    for ours, theirs in aligned(chosen, rejected):
        spans = [_spans(ours), _spans(theirs)]
        if ours is not None and theirs is not None and speaker(ours) == speaker(theirs):
            spans = list(differing(_cut(spoken(ours)), _cut(spoken(theirs))))
        yield (
            _cell(ours, spans[0], screen, "green"),
            _cell(theirs, spans[1], screen, "red"),
        )


def _spans(message: Message | None) -> list[Span]:
    return [] if message is None else [(False, _cut(spoken(message)))]


def _cell(message: Message | None, spans: Sequence[Span], screen: Screen, style: str) -> Text:
    if message is None:
        return screen.text("")
    plain = "dim" if speaker(message) == "tool" else ""
    parts = [(f"{speaker(message)}  ", "dim")]
    for differs, words in spans:
        marked = words if screen.color or not differs else words.join(_PLAIN[style])
        parts.append((marked, _MARKS[style] if differs else plain))
    return screen.joined(*parts)


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]} [... {len(text) - _LONGEST} more characters; --json has them]"
