"""Preference pairs side by side: the same history folded, then chosen and rejected, marked.

Guarantees that the history shown as shared is the same on both sides. Does not judge a pair: it
shows what one must see to do so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from corollary_agent.trace import Message
from corollary_cli.report.dialogue import block, mark_difference, shared_lead, speaker, spoken
from corollary_cli.report.listing import Card, Filter, listing
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import percent
from corollary_datagen.pair import PreferencePair

EMBEDDED = 500


def pairs(rows: Sequence[PreferencePair]) -> Html | None:
    """The bias of the whole set in a sentence, then the pairs; None where there are none."""
    if not rows:
        return None
    cards = [_card(number, pair) for number, pair in enumerate(rows[:EMBEDDED], 1)]
    kinds = Counter(pair.kind for pair in rows[:EMBEDDED])
    filters = [Filter(kind, f"kind:{kind}") for kind in kinds] if len(kinds) > 1 else []
    return join([element("p", _summary(rows), class_="lead"), listing(cards, len(rows), filters)])


def _summary(rows: Sequence[PreferencePair]) -> str:
    kinds = Counter(pair.kind for pair in rows)
    lengths = [(_length(pair.chosen), _length(pair.rejected)) for pair in rows]
    longer = sum(chosen > rejected for chosen, rejected in lengths) / len(rows)
    shorter = sum(chosen < rejected for chosen, rejected in lengths) / len(rows)
    return (
        f"{', '.join(f'{count} {kind}' for kind, count in kinds.most_common())} pairs from "
        f"{len({pair.problem_id for pair in rows})} problems. What was chosen is longer than what "
        f"was rejected in {percent(longer, 0)} and shorter in {percent(shorter, 0)}."
    )


def _length(messages: Sequence[Message]) -> int:
    return sum(len(spoken(m)) for m in messages if m.get("role") == "assistant")


def _card(number: int, pair: PreferencePair) -> Card:
    lead = shared_lead(pair.chosen, pair.rejected)
    history = (*pair.prompt, *pair.chosen[:lead])
    markup = element(
        "article",
        _head(number, pair),
        _history(history),
        _versus(pair.chosen[lead:], pair.rejected[lead:]),
        element(
            "footer", f"chosen from trace {pair.chosen_trace}, rejected from {pair.rejected_trace}"
        ),
        class_="card pair",
        id=f"pair-{number}",
        tabindex=-1,
    )
    return Card(markup, f"kind:{pair.kind} {pair.family}".lower())


def _head(number: int, pair: PreferencePair) -> Html:
    delta = _length(pair.chosen) - _length(pair.rejected)
    return element(
        "header",
        element("b", number),
        element("span", pair.kind, class_="chip"),
        element("span", pair.problem_id, class_="spec"),
        element("span", pair.family, class_="minor"),
        element("span", f"margin {pair.margin:g}, {delta:+d} characters", class_="minor end"),
    )


def _history(history: Sequence[Message]) -> Html | None:
    if not history:
        return None
    last, earlier = history[-1], history[:-1]
    plural = "message" if len(earlier) == 1 else "messages"
    told = f"{len(earlier)} {plural} before, the same on both sides"
    folded = element(
        "details",
        element("summary", told),
        *(block(message) for message in earlier),
    )
    return element("div", folded if earlier else None, block(last), class_="shared")


def _versus(chosen: Sequence[Message], rejected: Sequence[Message]) -> Html:
    heads = (
        element("h4", "\u2713 chosen", class_="good"),
        element("h4", "\u2717 rejected", class_="bad"),
    )
    return element("div", *heads, *_rows(chosen, rejected), class_="versus")


def _rows(chosen: Sequence[Message], rejected: Sequence[Message]) -> Iterator[Html]:
    for ours, theirs in zip_longest(chosen, rejected):
        marks: tuple[Html | None, Html | None] = (None, None)
        if ours is not None and theirs is not None and speaker(ours) == speaker(theirs):
            marks = mark_difference(spoken(ours), spoken(theirs))
        for message, marked in zip((ours, theirs), marks, strict=True):
            yield element("div") if message is None else block(message, marked)
