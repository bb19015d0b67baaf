"""Preference pairs side by side: the same history folded, then chosen and rejected, marked.

Guarantees that the history shown as shared is the same on both sides. Does not judge a pair: it
shows what one must see to do so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corollary_agent.trace import Message
from corollary_cli.differing import aligned, shared_lead, speaker, spoken
from corollary_cli.plain import one_line
from corollary_cli.report.data import ReportData
from corollary_cli.report.dialogue import block, mark_difference
from corollary_cli.report.listing import Card, listing
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import percent
from corollary_cli.report.tables import kind_of_family, name_tag
from corollary_datagen.pair import PreferencePair

_SHOWN = 60


def pairs(data: ReportData) -> Html | None:
    """The bias of the set in a sentence, then the pairs; None where there are none."""
    rows = data.pairs
    if not rows:
        return None
    sources = {graded.problem.id: graded.problem.source for graded in data.traces}
    cards = (
        _card(number, pair, sources.get(pair.problem_id)) for number, pair in enumerate(rows, 1)
    )
    total = max(data.stored_pairs, len(rows))
    return join([element("p", _summary(rows), class_="lead"), listing("pair", cards, total)])


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


def _card(number: int, pair: PreferencePair, source: str | None) -> Card:
    lead = shared_lead(pair.chosen, pair.rejected)
    history = (*pair.prompt, *pair.chosen[:lead])
    chosen, rejected = pair.chosen[lead:], pair.rejected[lead:]
    traces = f"chosen from trace {pair.chosen_trace}, rejected from {pair.rejected_trace}"
    body = join([_history(history), _versus(chosen, rejected), element("footer", traces)])
    return Card(
        key=str(number),
        head=_head(number, pair, lead),
        body=element("div", body, class_="body"),
        find=f"{pair.problem_id} {pair.chosen_trace} {pair.rejected_trace} {pair.family}".lower(),
        facets={
            "source": [source] if source else [],
            "kind": [pair.kind],
            "error kind": [pair.error_kind],
            "origin": [pair.origin],
            "family": [kind_of_family(pair.family)],
        },
    )


def _head(number: int, pair: PreferencePair, lead: int) -> Html:
    delta = _length(pair.chosen) - _length(pair.rejected)
    return join(
        [
            element("b", number),
            element("span", pair.kind, class_="chip"),
            element("span", pair.error_kind, class_="chip bad") if pair.error_kind else None,
            name_tag(pair.problem_id),
            element("span", f"\u2713 {_first(pair.chosen[lead:])}", class_="given good"),
            element("span", f"\u2717 {_first(pair.rejected[lead:])}", class_="given bad"),
            element("span", f"{delta:+d}", class_="minor end", title="characters, chosen less"),
        ]
    )


def _first(side: Sequence[Message]) -> str:
    return one_line(spoken(side[0])[:2000], _SHOWN) if side else "(nothing more)"


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
    for ours, theirs in aligned(chosen, rejected):
        marks: tuple[Html | None, Html | None] = (None, None)
        if ours is not None and theirs is not None and speaker(ours) == speaker(theirs):
            marks = mark_difference(spoken(ours), spoken(theirs))
        for message, marked in zip((ours, theirs), marks, strict=True):
            yield element("div") if message is None else block(message, marked)
