"""The flips: which problems the student lost and gained against the teacher, as four cells.

Guarantees that every lost and gained problem is named, and linked where its trace is on the page.
Does not test anything: the figures come from the decision.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from corollary_cli.report.data import ReportData
from corollary_cli.report.figures import difference_figure
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import ratio
from corollary_training.decision import Decision

_NAMED = 60


def flips(data: ReportData) -> Html | None:
    """The four-cell table, the difference with its margin, the named flips; None without a gate."""
    decision = data.decision
    if decision is None:
        return None
    seen = {graded.problem.id for graded in data.traces}
    return join(
        [
            element("div", _cells(decision), _difference(decision), class_="columns"),
            _named("Lost: right with the teacher, not with the student", decision.flips.lost, seen),
            _named("Gained: right with the student only", decision.flips.gained, seen),
            _named("Left out: no verdict on one side", decision.excluded, seen),
            *(element("p", note, class_="minor") for note in decision.notes),
        ]
    )


def _cells(decision: Decision) -> Html:
    cells = decision.flips
    head = element(
        "tr", element("td"), element("th", "student right"), element("th", "student wrong")
    )
    right = _cells_row("teacher right", (cells.both_right, ""), (len(cells.lost), "lost"))
    wrong = _cells_row("teacher wrong", (len(cells.gained), "gained"), (cells.both_wrong, ""))
    return element("table", element("tbody", head, right, wrong), class_="flips")


def _cells_row(name: str, *cells: tuple[int, str]) -> Html:
    shown = (
        element("td", element("b", count), element("span", word), class_=word or "same")
        for count, word in cells
    )
    return element("tr", element("th", name, scope="row"), *shown)


def _difference(decision: Decision) -> Html:
    margin = decision.settings.margin
    asked = f"may lose {margin * 100:.0f} points" if margin > 0 else "must be better"
    told = (
        f"Student \u2212 teacher in points, {decision.n} problems, paired (Tango's interval). "
        f"The student {asked}; the shaded zone is not acceptable. McNemar exact p = "
        f"{decision.p_value:.3g}. {_efforts(decision)}"
    )
    return element("figure", difference_figure(decision), element("figcaption", told))


def _efforts(decision: Decision) -> str:
    told = ", ".join(f"{name} {ratio(value)}" for name, value in decision.ratios.items())
    return f"Student to teacher: {told}." if told else ""


def _named(title: str, identities: Sequence[str], seen: Container[str]) -> Html | None:
    if not identities:
        return None
    shown = [
        element("a", name, href="#traces", data_seek=name)
        if name in seen
        else element("span", name)
        for name in identities[:_NAMED]
    ]
    rest = f" and {len(identities) - _NAMED} more" if len(identities) > _NAMED else None
    summary = element("summary", f"{title} ({len(identities)})")
    return element("details", summary, element("p", join(shown, " "), rest, class_="ids"))
