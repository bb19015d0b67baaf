"""The comparison: teacher, student before and student after, as a figure and as a table.

Guarantees that every figure of the plot stands in a table too, and that errors of a model are shown
apart from wrong answers. Does not judge (the banner and the flips do).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corollary_cli.report.data import ReportData
from corollary_cli.report.figures import accuracy_figure
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import (
    duration,
    percent,
    percent_range,
    ratio,
    short,
    signed_points,
)
from corollary_cli.report.tables import chip
from corollary_training.evaluation import Evaluation

Column = tuple[str, Callable[[Evaluation], str], str]
COLUMNS: tuple[Column, ...] = (
    ("accuracy", lambda e: percent(e.accuracy), "right, of all problems with a verdict"),
    ("95 % interval", lambda e: percent_range(e.low, e.high), "Wilson score interval"),
    ("right", lambda e: str(e.correct), "verdict CORRECT"),
    ("wrong", lambda e: str(e.wrong), "verdict INCORRECT"),
    ("undecided", lambda e: str(e.undecided), "nobody can tell, or not supported by a tool"),
    ("errors", lambda e: str(e.errors), "the model failed; not counted as wrong"),
    ("valid calls", lambda e: percent(e.valid_call_rate), "messages usable as written"),
    ("steps", lambda e: short(e.steps), "mean a problem"),
    ("tokens", lambda e: short(e.tokens), "generated, mean a problem"),
    ("time", lambda e: duration(e.ms), "wall-clock a problem, at the run's concurrency"),
    ("cost", lambda e: "" if e.cost is None else f"${e.cost:.2f}", "US dollars, all problems"),
)


def comparison(data: ReportData) -> Html | None:
    """The plot and the table of all models; None without an evaluation."""
    if not data.sides:
        return None
    first = data.sides[0][1]
    what = f"{first.source}, split {first.split}: the same {len(first.outcomes)} problems for each."
    return join(
        [
            element("p", what, class_="lead"),
            element("figure", accuracy_figure(data.sides)),
            _table(data.sides),
            _gain(data),
        ]
    )


def _table(sides: Sequence[tuple[str, Evaluation]]) -> Html:
    columns = [c for c in COLUMNS if any(c[1](side) for _, side in sides)]
    head = element(
        "tr", element("th", "model"), *(element("th", name, title=t) for name, _, t in columns)
    )
    body = [
        element("tr", _named(role, side), *(element("td", show(side)) for _, show, _ in columns))
        for role, side in sides
    ]
    table = element("table", element("thead", head), element("tbody", *body), class_="figures")
    return element("div", table, class_="wide")


def _named(role: str, side: Evaluation) -> Html:
    name = element("span", side.model, class_="spec")
    return element("th", chip(role), name, scope="row")


def _gain(data: ReportData) -> Html | None:
    """One sentence on what training did, and whether the intervals part."""
    if data.before is None or data.after is None:
        return None
    before, after = data.before, data.after
    apart = after.low > before.high or after.high < before.low
    moved = signed_points(after.accuracy - before.accuracy)
    told = (
        f"Preference training moved the student by {moved} points; the two intervals "
        f"{'do not overlap' if apart else 'overlap'}."
    )
    if before.tokens and after.tokens:
        told += f" Tokens a problem: {ratio(after.tokens / before.tokens)}."
    return element("p", told, class_="lead")
