"""The banner: the gate's verdict in a word, its reasons in sentences, and what one must know first.

Guarantees that a rule-based teacher is called one at the top of the page, and that the colour of a
verdict never stands without its word. Does not decide.
"""

from __future__ import annotations

from corollary_cli.report.data import ReportData
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import percent, signed_points
from corollary_training.decision import Decision, GateVerdict

_MEANINGS: dict[GateVerdict, tuple[str, str]] = {
    "GO": ("good", "The student may take the teacher's place."),
    "NO-GO": ("bad", "The student does not take the teacher's place."),
    "NOT-ENOUGH-DATA": ("open", "There are too few results to decide."),
}
STAND_IN = (
    "The teacher of this run is the embedded rule-based stand-in (expert), not a large language "
    "model: it reads the problems by rule and makes mistakes at a set rate. Its figures say "
    "nothing about any language model."
)


def banner(data: ReportData) -> Html:
    """The top of the page."""
    return join([_verdict(data.decision) if data.decision else None, _stand_in(data)])


def _verdict(decision: Decision) -> Html:
    tone, meaning = _MEANINGS[decision.verdict]
    reasons = [element("li", reason) for reason in decision.reasons]
    return element(
        "div",
        element(
            "div",
            element("p", decision.verdict, class_="word"),
            element("p", meaning, class_="meaning"),
            element("ul", *reasons),
            _more(decision),
        ),
        _numbers(decision),
        class_=f"banner {tone}",
    )


def _numbers(decision: Decision) -> Html:
    interval = f"{signed_points(decision.low)} to {signed_points(decision.high)}"
    rows = (
        ("student", percent(decision.student_accuracy), decision.student),
        ("teacher", percent(decision.teacher_accuracy), decision.teacher),
        ("difference", f"{signed_points(decision.difference)} points", interval),
    )
    return element(
        "dl",
        *(
            element("div", element("dt", name), element("dd", value), element("dd", note))
            for name, value, note in rows
        ),
    )


def _more(decision: Decision) -> Html | None:
    if decision.more_problems is None:
        return None
    asked = decision.settings
    who = (
        "A student as good as its teacher"
        if asked.margin > 0
        else f"A gain of {asked.gain * 100:.0f} points"
    )
    told = f"{who} would show with about {decision.more_problems} more problems "
    return element("p", f"{told}({asked.power:.0%} of the time).", class_="minor")


def _stand_in(data: ReportData) -> Html | None:
    if not data.has_stand_in:
        return None
    return element("p", element("strong", "Stand-in teacher. "), STAND_IN, class_="notice")
