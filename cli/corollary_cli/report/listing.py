"""Listings: long lists of cards of which the page draws what is looked at.

Guarantees that the page opens quickly and can be read without a script: the first cards are plain
HTML, and all of them wait deflated, heads apart from bodies. Filters keep their choice in the
page's address. Says how many were left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from corollary_cli.plain import printable
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.packing import CHUNK, packed, packed_rows

DRAWN = 20
_OPTIONS = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One item: a line that is always seen, what opens below it, and by what it is found.

    key: names it in the page's address. find: words that a search finds besides what is shown.
    facets: its values of each facet.
    """

    key: str
    head: Html
    body: Html
    find: str = ""
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)


def listing(kind: str, cards: Iterable[Card], total: int) -> Html:
    """Return the filters, the first cards as HTML and all of them packed.

    kind: the class of a card. total: how many there are, of which `cards` are on the page.
    """
    heads = _Heads()
    first: list[Card] = []
    chunks: list[Html] = []
    for batch in _batches(cards):
        first += batch[: DRAWN - len(first)]
        heads.add(batch)
        chunks.append(packed_rows([card.body for card in batch]))
    count = len(heads.keys)
    return join(
        [
            _tools(heads.facets),
            element("p", _count(count, total), class_="count", aria_live="polite"),
            element("div", *(_drawn(kind, card) for card in first), class_="items"),
            packed(heads.columns(), "heads"),
            *chunks,
            element("noscript", element("p", _without_script(count), class_="minor")),
        ]
    )


class _Heads:
    """What the page knows of every card before one is opened, column by column."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.heads: list[str] = []
        self.finds: list[str] = []
        self.facets: dict[str, Counter[str]] = {}
        self._values: list[Mapping[str, Sequence[str]]] = []

    def add(self, cards: Sequence[Card]) -> None:
        for card in cards:
            self.keys.append(card.key)
            self.heads.append(card.head)
            self.finds.append(printable(card.find))
            # An option of the page holds the printable value, and is looked up by it.
            facets = {name: [*map(printable, values)] for name, values in card.facets.items()}
            self._values.append(facets)
            for name, values in facets.items():
                self.facets.setdefault(name, Counter()).update(dict.fromkeys(values, 1))

    def columns(self) -> dict[str, object]:
        """The columns; of each facet its values once, and each card's places among them."""
        places = {
            name: {value: place for place, value in enumerate(counts)}
            for name, counts in self.facets.items()
        }
        facets = {
            name: {
                "values": list(of),
                "rows": [[of[value] for value in row.get(name, ())] for row in self._values],
            }
            for name, of in places.items()
        }
        told = {"keys": self.keys, "heads": self.heads, "finds": self.finds, "facets": facets}
        return {"chunk": CHUNK, **told}


def _batches(cards: Iterable[Card]) -> Iterator[list[Card]]:
    rest = iter(cards)
    while batch := list(islice(rest, CHUNK)):
        yield batch


def _drawn(kind: str, card: Card) -> Html:
    fold = element("details", element("summary", card.head, class_="head"), card.body)
    return element("article", fold, class_=f"card {kind}")


def _tools(facets: Mapping[str, Counter[str]]) -> Html:
    search = element(
        "input", type="search", placeholder="search: all words must be there ( / )", size=34
    )
    choices = [_choice(name, counts) for name, counts in facets.items() if len(counts) > 1]
    return element("div", search, *choices, class_="tools")


def _choice(name: str, counts: Counter[str]) -> Html:
    common = counts.most_common(_OPTIONS)
    options = [element("option", f"{value or 'none'} ({n})", value=value) for value, n in common]
    if more := len(counts) - len(common):
        options.append(element("option", f"{more} more: search for them", disabled=True))
    every = element("option", f"any {name}", value="\u2217")
    return element("select", every, *options, data_facet=name, aria_label=name)


def _count(embedded: int, total: int) -> str:
    return f"{total} in all" if embedded == total else f"the first {embedded} of {total}"


def _without_script(embedded: int) -> str | None:
    if embedded <= DRAWN:
        return None
    return f"The first {DRAWN} of {embedded} are shown; the others need JavaScript."
