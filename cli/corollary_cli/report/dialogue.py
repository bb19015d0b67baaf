"""Dialogue: messages of a pair or a trace as blocks that a person can read.

Guarantees that what differs between two messages is marked, and that a text too long for a page is
cut with a word that says so. Does not judge messages.
"""

from __future__ import annotations

from collections.abc import Iterable

from corollary_agent.trace import Message
from corollary_cli.differing import Span, differing, speaker, spoken
from corollary_cli.report.markup import Html, element, join

LONGEST = 20_000


def block(message: Message, marked: Html | None = None) -> Html:
    """One message, with its words marked where that was done."""
    role = str(message.get("role", ""))
    text = element("pre", cut(spoken(message)) if marked is None else marked)
    return element(
        "div", element("span", speaker(message), class_="who"), text, class_=f"say {role}"
    )


def cut(text: str) -> str:
    """The text, or its beginning and how much is missing."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} [… {len(text) - LONGEST:,} more characters]"


def mark_difference(left: str, right: str) -> tuple[Html, Html]:
    """Both texts with the words that differ marked; long ones that share hardly any are left."""
    ours, theirs = differing(cut(left), cut(right))
    return _marked(ours), _marked(theirs)


def _marked(spans: Iterable[Span]) -> Html:
    return join(element("mark", text) if differs else join([text]) for differs, text in spans)
