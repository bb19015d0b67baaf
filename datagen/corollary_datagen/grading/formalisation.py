"""Formalisations: how a problem was put into formulas, and what was asked of them.

A chain's is what stood on the desk, and in the arguments, of the last call that decided; it is got
by running the recording calls of the trace again through the real tools. A problem's own (gold) is
read from its meta. Does not judge: whether two say the same is decided in `readings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from corollary_agent.problem import Problem
from corollary_agent.replay import replay_trace
from corollary_agent.trace import Observation, Step, ToolCall, Trace
from corollary_datagen.grading.formula_words import formula_names, plain_formula
from corollary_tools.answer import AnswerKind
from corollary_tools.certificates import Question
from corollary_tools.desk import Desk, Recorded, Variables, letter
from corollary_tools.toolkit import Toolkit

Rows = tuple[tuple[str, str], ...]

DECIDING: dict[AnswerKind, tuple[str, ...]] = {
    "truth": ("prove",),
    "choice": ("choose",),
    "assignment": ("find", "solve"),
    "number": ("solve", "find"),
    "set": ("solve", "find"),
    "expression": ("solve",),
}
"""The tools that decide an answer of a kind from formulas or equations."""

NOTHING = Question()
_RECORDING = frozenset({"premise", "option", "declare", "retract", "scope"})
_PLAIN = frozenset({"premise", "option", "declare"})
_GIVEN = {"prove": "premises", "find": "constraints", "solve": "equations"}
_REFUSED = ("Refused: ", "The run ends here")


@dataclass(frozen=True, slots=True)
class Formalisation:
    """A problem in formulas.

    asked: the tool that decided. premises: (label, formula) in the order of the labels, which are
    the numbers of statements where `labelled`. options: the same for a choice, by letter. question:
    the conclusion and its world, or the mode of a choice. equations: what was solved; there the
    conclusion is the unknown that is asked for. apart: what the desk records besides, where the
    call brought premises of its own.
    """

    asked: str
    premises: Rows = ()
    options: Rows = ()
    variables: tuple[Variables, ...] = ()
    question: Question = NOTHING
    equations: tuple[str, ...] = ()
    labelled: bool = False
    apart: Rows = ()

    @property
    def desk(self) -> Desk:
        """A desk that records the premises and options, with nothing left to read."""
        numbers = enumerate(self.premises, start=1)
        return Desk(
            options=tuple(text for _, text in self.options),
            variables=self.variables,
            premises=tuple(Recorded(label=str(n), formula=text) for n, (_, text) in numbers),
            choices=tuple(Recorded(label=label, formula=text) for label, text in self.options),
        )

    @property
    def names(self) -> frozenset[str]:
        """Every name that the formulas use, without case."""
        formulas = [text for _, text in (*self.premises, *self.options)]
        return frozenset().union(*map(formula_names, [*formulas, self.question.conclusion]))


def read_formalisation(
    trace: Trace, problem: Problem, toolkit: Callable[[], Toolkit]
) -> Formalisation | None:
    """The formalisation behind a trace's answer; None where no call of that kind decided.

    toolkit: gives the tools that recording calls are run through again, where that is needed.
    """
    calls = [call for call, _ in ran(trace)]
    deciding = DECIDING[problem.asks]
    places = [place for place, call in enumerate(calls) if call.name in deciding]
    if not places:
        return None
    recorded = [call for call in calls[: places[-1]] if call.name in _RECORDING]
    return _read(calls[places[-1]], _desk(recorded, trace, problem, toolkit))


def deciding_observation(trace: Trace, problem: Problem) -> Observation | None:
    """What the last call that decided got."""
    deciding = DECIDING[problem.asks]
    seen = [observation for call, observation in ran(trace) if call.name in deciding]
    return seen[-1] if seen else None


def reading_key(trace: Trace, problem: Problem) -> str:
    """A text that is equal for traces which recorded and asked the same, letter by letter."""
    names = {*_RECORDING, *DECIDING[problem.asks]}
    return str([(call.name, call.arguments) for call, _ in ran(trace) if call.name in names])


def ran(trace: Trace) -> Iterator[tuple[ToolCall, Observation]]:
    """The calls of a trace that a tool answered, or memory did, each with what it got."""
    for step in trace.steps:
        calls = {call.id: call for call in step.calls}
        for seen in step.observations:
            answered = seen.fault in (None, "repeated_call") and not seen.text.startswith(_REFUSED)
            if answered and seen.call_id in calls:
                yield calls[seen.call_id], seen


def gold_formalisation(problem: Problem) -> Formalisation | None:
    """What the problem's source says that the problem means; None where it says too little.

    meta: `formulas` (one for each statement) with `conclusion`, or with `option_formulas`, and
    `variables`; or `equations`, with `asked` where one unknown of several is.
    """
    meta = problem.meta
    equations = _texts(meta.get("equations"))
    if equations and problem.asks in ("number", "set", "assignment"):
        return Formalisation("solve", equations=equations, question=_conclusion(meta.get("asked")))
    formulas = _texts(meta.get("formulas"))
    options = _texts(meta.get("option_formulas"))
    question = _conclusion(meta.get("conclusion") if problem.asks == "truth" else "")
    told = {"truth": question.conclusion, "choice": options, "assignment": formulas}
    if problem.domain == "constraints" and options and not meta.get("variables"):
        return None  # Without their declaration the formulas of an ordering decide nothing.
    if not told.get(problem.asks) or len(formulas) != len(problem.statements):
        return None
    stated = Formalisation(
        DECIDING[problem.asks][0],
        tuple((str(n), text) for n, text in enumerate(formulas, start=1)),
        tuple((letter(n), text) for n, text in enumerate(options)),
        tuple(_declared(meta.get("variables"))),
        question,
        labelled=True,
    )
    return _plainly(stated) if len(options) == len(problem.options) else None


def _desk(
    recorded: list[ToolCall], trace: Trace, problem: Problem, toolkit: Callable[[], Toolkit]
) -> Desk:
    """The desk after these calls: as it must be for plain ones, else by running them again."""
    if all(call.name in _PLAIN and not call.arguments.get("of") for call in recorded):
        return _written_down(recorded, problem.desk)
    steps = tuple(
        Step(calls=(call,), observations=(Observation(call_id=call.id, text=""),))
        for call in recorded
    )
    replay = replay_trace(trace.model_copy(update={"steps": steps}), problem, toolkit())
    return replay.steps[-1].after if replay.steps else problem.desk


def _written_down(recorded: list[ToolCall], desk: Desk) -> Desk:
    """The desk once these calls, which are known to have run, recorded their formulas."""
    for call in recorded:
        arguments: dict[str, Any] = call.arguments
        if call.name == "premise":
            desk = desk.record(int(arguments["n"]), arguments["formula"])
        elif call.name == "declare":
            names = tuple(name.strip() for name in arguments["names"])
            values = tuple(value.strip() for value in arguments.get("values") or ())
            distinct = bool(arguments.get("distinct"))
            desk = desk.declare(Variables(names=names, values=values, distinct=distinct))
        else:
            desk = desk.choose(
                arguments["letter"].strip().strip("()").upper(), arguments["formula"]
            )
    return desk


def _read(call: ToolCall, desk: Desk) -> Formalisation | None:
    """What the deciding `call` was asked at `desk`."""
    given = _texts(call.arguments.get(_GIVEN.get(call.name, "")))
    if call.name == "solve":
        return Formalisation("solve", equations=given) if given else None
    premises = sorted(desk.premises, key=lambda row: int(row.label))
    recorded = tuple((row.label, row.formula) for row in premises)
    choices = tuple((row.label, row.formula) for row in sorted(desk.choices, key=str))
    return _plainly(
        Formalisation(
            call.name,
            tuple((str(n), text) for n, text in enumerate(given, start=1)) or recorded,
            choices if call.name == "choose" else (),
            desk.variables,
            _question(call),
            labelled=not given,
            apart=recorded if given else (),
        )
    )


def _question(call: ToolCall) -> Question:
    """The question of a call that ran, so that its arguments are of the right kinds."""
    arguments: dict[str, Any] = call.arguments
    return Question(
        conclusion=str(arguments.get("conclusion") or ""),
        world=arguments.get("world") or "open",
        mode=arguments.get("mode") or "must",
    )


def _conclusion(value: Any) -> Question:
    return Question(conclusion=value if isinstance(value, str) else "")


def _plainly(read: Formalisation) -> Formalisation | None:
    """The formalisation with its formulas in one notation; None where one cannot be read."""
    premises, options, apart = (_plain(rows) for rows in (read.premises, read.options, read.apart))
    asked = read.question
    conclusion = plain_formula(asked.conclusion) if asked.conclusion else ""
    if premises is None or options is None or apart is None or conclusion is None:
        return None
    question = Question(conclusion, asked.world, asked.mode)
    written = (read.asked, premises, options, read.variables, question)
    return Formalisation(*written, labelled=read.labelled, apart=apart)


def _plain(rows: Rows) -> Rows | None:
    pairs = [(label, plain_formula(text)) for label, text in rows]
    plain = tuple((label, text) for label, text in pairs if text is not None)
    return plain if len(plain) == len(rows) else None


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, or one text alone; nothing else."""
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _declared(value: Any) -> Iterable[Variables]:
    for row in value if isinstance(value, list) else ():
        try:
            yield Variables.model_validate(row)
        except ValidationError:
            continue
