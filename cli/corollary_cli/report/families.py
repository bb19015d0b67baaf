"""The families: accuracy on each, with a line from 0 to 100 %, and the gate's view of the shift.

Guarantees that with a decision the rows are those the gate looked at. Judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corollary_cli.report.data import ReportData
from corollary_cli.report.figures import family_figure
from corollary_cli.report.markup import Child, Html, element, join
from corollary_cli.report.numbers import percent, signed_points
from corollary_cli.report.tables import grid
from corollary_training.decision import FamilyShift
from corollary_training.evaluation import Evaluation, Share

_STATES = {"ok": "no loss shown", "watch": "watch", "worse": "worse"}
_LONGEST = 40


def families(data: ReportData) -> Html | None:
    """Accuracy by family with a line each; shifts of the gate where it was asked."""
    rows = list(_family_rows(data))
    if not rows:
        return None
    roles = [role for role, _ in data.sides]
    heads = ["family", "n", *roles, "0 to 100 %", "student \u2212 teacher", "interval", "state"]
    if data.decision is None:
        heads = heads[:-3]
    more = _more_families(data, len(rows))
    return join([grid(heads, rows, "families"), more])


def _family_rows(data: ReportData) -> Iterator[list[Child]]:
    if data.decision is not None:
        yield from (_shift_row(data, shift) for shift in data.decision.families)
        return
    tables = [(role, _by_family(side)) for role, side in data.sides]
    names = sorted({name for _, table in tables for name in table})[:_LONGEST]
    for name in names:
        found = [(role, table[name]) for role, table in tables if name in table]
        yield _row(name, found, [role for role, _ in tables])


def _row(name: str, found: Sequence[tuple[str, Share]], roles: Sequence[str]) -> list[Child]:
    by_role = {role: percent(share.accuracy) for role, share in found}
    figure = family_figure([(role, share.accuracy) for role, share in found])
    return [name, found[0][1].n, *(by_role.get(role, "") for role in roles), figure]


def _shift_row(data: ReportData, shift: FamilyShift) -> list[Child]:
    before = _by_family(data.before).get(shift.name) if data.before else None
    values = {"teacher": shift.teacher, "student after": shift.student}
    if before is not None:
        values["student before"] = before.accuracy
    roles = [role for role, _ in data.sides]
    return [
        shift.name,
        shift.n,
        *(percent(values[role]) if role in values else "" for role in roles),
        family_figure([(role, values[role]) for role in roles if role in values]),
        f"{signed_points(shift.difference)} points",
        f"{signed_points(shift.low)} to {signed_points(shift.high)}",
        element("span", _STATES[shift.state], class_=f"state {shift.state}"),
    ]


def _more_families(data: ReportData, shown: int) -> Html | None:
    total = max((len(_by_family(side)) for _, side in data.sides), default=0)
    if data.decision is not None or total <= shown:
        return None
    return element("p", f"The first {shown} of {total} families.", class_="minor")


def _by_family(side: Evaluation) -> dict[str, Share]:
    return {share.name: share for share in side.shares if share.by == "family"}
