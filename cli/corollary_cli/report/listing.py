"""Listings: rows of cards; the first stand in the page and the rest are drawn on demand.

Guarantees that the page opens quickly and can be read without a script: the first cards are plain
HTML, the others wait as text in embedded JSON, already escaped. Says how many were left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corollary_cli.report.markup import Html, element, embed, join

DRAWN = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One item: an article element, and lower-case words that a search finds besides its text."""

    markup: Html
    find: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A button that searches for a term, with the number of cards it finds."""

    label: str
    term: str


def listing(cards: Sequence[Card], total: int, filters: Sequence[Filter] = ()) -> Html:
    """Return search box, first cards and the rest. total: of which `cards` is what is embedded."""
    rest = {"find": [c.find for c in cards], "rest": [c.markup for c in cards[DRAWN:]]}
    return join(
        [
            _tools(cards, filters),
            element("p", _count(len(cards), total), class_="count", aria_live="polite"),
            element("div", *(card.markup for card in cards[:DRAWN]), class_="items"),
            element("button", "Show more", class_="more", type="button", hidden=True),
            element("script", embed(rest), type="application/json", class_="rest"),
            element("noscript", element("p", _without_script(len(cards)), class_="minor")),
        ]
    )


def _tools(cards: Sequence[Card], filters: Sequence[Filter]) -> Html:
    buttons = [_button(cards, one) for one in filters]
    search = element(
        "input", type="search", placeholder="search, all words must be there ( / )", size=34
    )
    return element("div", search, *buttons, class_="tools")


def _button(cards: Sequence[Card], one: Filter) -> Html | None:
    count = sum(one.term in card.find for card in cards)
    if not count:
        return None
    number = element("b", count)
    return element("button", one.label, " ", number, type="button", data_term=one.term)


def _count(embedded: int, total: int) -> str:
    return f"{total} in all" if embedded == total else f"the first {embedded} of {total}"


def _without_script(embedded: int) -> str | None:
    if embedded <= DRAWN:
        return None
    return f"The first {DRAWN} of {embedded} are shown; the others need JavaScript."
