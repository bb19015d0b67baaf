"""The faults: what went wrong in single messages, by kind, and how the runs ended.

Guarantees counts as the evaluations hold them, side by side on one scale. Explains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corollary_cli.report.data import ReportData
from corollary_cli.report.markup import Html, element
from corollary_cli.report.tables import grid


def faults(data: ReportData) -> Html | None:
    """What went wrong by kind, a problem; and how the runs ended."""
    if not data.sides:
        return None
    kinds = _kinds(side.faults for _, side in data.sides)
    stops = _kinds(side.stops for _, side in data.sides)
    return element(
        "div",
        _counts("Faults of single messages", kinds, [(r, s.faults) for r, s in data.sides])
        if kinds
        else element("p", "No message had a fault.", class_="lead"),
        _counts("How the runs ended", stops, [(role, side.stops) for role, side in data.sides]),
        class_="columns",
    )


def _kinds(tables: Iterable[dict[str, int]]) -> list[str]:
    totals: dict[str, int] = {}
    for table in tables:
        for kind, count in table.items():
            totals[kind] = totals.get(kind, 0) + count
    return sorted(totals, key=lambda kind: -totals[kind])


def _counts(title: str, kinds: list[str], sides: Sequence[tuple[str, dict[str, int]]]) -> Html:
    most = max(table.get(kind, 0) for kind in kinds for _, table in sides) or 1
    rows = [
        [kind.replace("_", " "), *(_bar(table.get(kind, 0), most, role) for role, table in sides)]
        for kind in kinds
    ]
    table = grid(["", *(role for role, _ in sides)], rows, "counts")
    return element("div", element("h3", title), table)


def _bar(count: int, most: int, role: str) -> Html:
    bar = element(
        "span", class_=f"bar {role.split()[-1]}", style=f"width:{64 * count / most:.0f}px"
    )
    return element("span", bar, count, class_="counted")
