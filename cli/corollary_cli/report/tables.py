"""Tables, chips and names: the small parts that several sections of the page share.

Guarantees one look for each. Does not know what is in a table.
"""

from __future__ import annotations

from collections.abc import Sequence

from corollary_cli.report.markup import Child, Html, element

_LONGEST = 26


def grid(heads: Sequence[str], rows: Sequence[Sequence[Child]], kind: str) -> Html:
    """Return a table whose first column names its rows; it scrolls where it is too wide."""
    head = element("tr", *(element("th", name) for name in heads))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", c) for c in row[1:]))
        for row in rows
    ]
    table = element("table", element("thead", head), element("tbody", *body), class_=kind)
    return element("div", table, class_="wide")


def name_tag(name: str) -> Html:
    """Return an id by its end, which is what tells it apart; the whole stands in its title."""
    short = name if len(name) <= _LONGEST else f"\u2026{name[-_LONGEST + 1 :]}"
    return element("span", short, class_="spec", title=name)


def kind_of_family(family: str) -> str:
    """What a family's name begins with: families of generated problems end in a hash."""
    return family.partition(":")[0]


def chip(role: str) -> Html:
    """Return a role in its colour: teacher, student before, student after."""
    return element("span", role, class_=f"chip {role.split()[-1]}")
