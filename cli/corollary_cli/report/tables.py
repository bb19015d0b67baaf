"""Tables and chips: the small parts that several sections of the page share.

Guarantees one look for each. Does not know what is in a table.
"""

from __future__ import annotations

from collections.abc import Sequence

from corollary_cli.report.markup import Child, Html, element


def grid(heads: Sequence[str], rows: Sequence[Sequence[Child]], kind: str) -> Html:
    """Return a table whose first column names its rows; it scrolls where it is too wide."""
    head = element("tr", *(element("th", name) for name in heads))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", c) for c in row[1:]))
        for row in rows
    ]
    table = element("table", element("thead", head), element("tbody", *body), class_=kind)
    return element("div", table, class_="wide")


def chip(role: str) -> Html:
    """Return a role in its colour: teacher, student before, student after."""
    return element("span", role, class_=f"chip {role.split()[-1]}")
