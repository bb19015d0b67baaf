"""Traces with their verdicts: what a model did on a problem, step by step, folded until opened.

Those to read first stand first. Guarantees that the first wrong step is marked where it is known,
that failed attempts stand beside the step they belong to, and that a failure of the model is shown
as such and not as a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corollary_agent.calls import render_text_call
from corollary_agent.trace import Step
from corollary_cli.plain import one_line
from corollary_cli.report.data import ReportData
from corollary_cli.report.dialogue import cut
from corollary_cli.report.listing import Card, listing
from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import duration
from corollary_cli.report.tables import kind_of_family, name_tag
from corollary_cli.show.choosing import judged
from corollary_training.evaluation import Graded

_SIGNS = {
    "right": "\u2713 right",
    "wrong": "\u2717 wrong",
    "undecided": "? undecided",
    "error": "! failed",
    "ungraded": "\u00b7 ungraded",
}
_TONES = {"CORRECT": "good", "INCORRECT": "bad", "UNDECIDED": "open"}


def traces(data: ReportData) -> Html | None:
    """The searchable list of traces; None where there are none."""
    if not data.traces:
        return None
    roles = {side.spec: role for role, side in data.sides}
    flips = _flips(data)
    ordered = sorted(data.traces, key=lambda graded: _rank(graded, flips))
    cards = (_card(graded, roles, flips) for graded in ordered)
    lead = element("p", "Those to read first stand first: lost, wrong, undecided.", class_="lead")
    total = max(data.stored_traces, len(data.traces))
    return join([lead, listing("trace", cards, total)])


def _rank(graded: Graded, flips: Mapping[str, str]) -> int:
    judgement = graded.verdict.judgement if graded.verdict else "UNDECIDED"
    right = judgement == "CORRECT"
    if not right and flips.get(graded.trace.id) == "lost":
        return 0
    return 3 if right else 1 if judgement == "INCORRECT" else 2


def _flips(data: ReportData) -> dict[str, str]:
    """Lost or gained by trace id, for the two sides that the gate compared."""
    if data.decision is None:
        return {}
    cells = data.decision.flips
    told = {**dict.fromkeys(cells.lost, "lost"), **dict.fromkeys(cells.gained, "gained")}
    sides = [side for side in (data.teacher, data.after) if side is not None]
    rows = [outcome for side in sides for outcome in side.outcomes]
    return {row.trace_id: told[row.problem_id] for row in rows if row.problem_id in told}


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _card(graded: Graded, roles: Mapping[str, str], flips: Mapping[str, str]) -> Card:
    trace = graded.trace
    role, flip = roles.get(trace.model, ""), flips.get(trace.id, "")
    return Card(
        key=trace.id,
        head=_head(graded, role, flip),
        body=element("div", *_body(graded), class_="body"),
        find=f"{trace.id} id:{graded.problem.id}; {graded.problem.family}".lower(),
        facets={
            "verdict": [judged(graded)],
            "against the teacher": [flip] if flip else [],
            "source": [graded.problem.source],
            "model": [role or trace.model],
            "fault": sorted({fault for step in trace.steps for fault in step.faults}),
            "stop": [trace.stop],
            "family": [kind_of_family(graded.problem.family)],
        },
    )


def _head(graded: Graded, role: str, flip: str) -> Html:
    trace, verdict = graded.trace, graded.verdict
    word = judged(graded)
    tone = _TONES[verdict.judgement] if verdict else "open"
    spent = trace.usage.model_milliseconds + trace.usage.tool_milliseconds
    effort = f"{_counted(len(trace.steps), 'step')}, "
    effort += f"{_counted(trace.usage.output_tokens, 'token')}, {duration(spent)}"
    return join(
        [
            element("span", _SIGNS[word], class_=f"sign {tone}"),
            name_tag(graded.problem.id),
            element("span", role or trace.model, class_=f"chip {role.split()[-1] if role else ''}"),
            element("span", flip, class_=f"flip {flip}") if flip else None,
            element("span", _short_answer(graded), class_="given"),
            element("span", effort, class_="minor end"),
        ]
    )


def _short_answer(graded: Graded) -> str:
    answer = graded.trace.answer
    if answer is None:
        return f"no answer ({graded.trace.stop.replace('_', ' ')})"
    return one_line(answer.text[:2000], 60)


def _body(graded: Graded) -> Iterator[Html]:
    problem, trace, verdict = graded.problem, graded.trace, graded.verdict
    expected = problem.answer.text if problem.answer else "not known"
    wrong = verdict.first_wrong_step if verdict else None
    yield element("pre", cut(problem.text), class_="problem")
    yield element("ol", *(_step(step, i == wrong) for i, step in enumerate(trace.steps)))
    yield _facts(
        ("answer", trace.answer.text if trace.answer else "none"),
        ("expected", expected),
        ("verdict", f"{verdict.judgement}: {verdict.reason}" if verdict else trace.error),
        ("ended", trace.stop.replace("_", " ")),
        ("model", f"{trace.model}, seed {trace.sampling.seed}"),
        ("trace", trace.id),
    )


def _facts(*rows: tuple[str, str | None]) -> Html:
    shown = ((name, cut(value or "")) for name, value in rows)
    return element(
        "dl",
        *(part for name, value in shown for part in (element("dt", name), element("dd", value))),
    )


def _step(step: Step, is_wrong: bool) -> Html:
    mark = element("span", "first wrong step", class_="state worse") if is_wrong else None
    return element(
        "li", mark, *_attempts(step), *_moves(step), class_="wrong" if is_wrong else None
    )


def _attempts(step: Step) -> Iterator[Html]:
    for attempt in step.attempts:
        yield element("pre", cut(attempt.text) or "(nothing)", class_="attempt")
        yield element(
            "p", f"{attempt.fault.replace('_', ' ')}: {cut(attempt.told)}", class_="minor"
        )


def _moves(step: Step) -> Iterator[Html]:
    if step.content:
        yield element("pre", cut(step.content))
    results = {observation.call_id: observation for observation in step.observations}
    for call in step.calls:
        yield element("pre", cut(render_text_call(call.name, call.arguments)), class_="call")
        if found := results.get(call.id):
            fault = f" {found.fault}" if found.fault else ""
            yield element("pre", cut(found.text), class_=f"result{fault}")
