"""Making twins: one thing in a problem changed, the new answer computed by the solvers.

Guarantees that the solvers found the given answer of the problem too (so that it was read rightly),
that the reading of the twin differs from it in one place, and that the twin's answer is another
one. A twin keeps its problem's family, so that no split parts them. Problems are read by the rules
of the embedded expert; what they cannot read, or what has no gold answer, has no twin.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, PositiveInt

from corollary_agent.graph import Agent, build_agent
from corollary_agent.models.expert.plan import Move
from corollary_agent.models.expert.readers import plan
from corollary_agent.models.load import load_model
from corollary_agent.problem import Problem
from corollary_agent.solve import solve
from corollary_datagen.twins.amounts import is_plausible, with_other_numbers
from corollary_datagen.twins.wording import reworded
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.toolkit import Toolkit

_KEPT_META = ("names", "preamble", "asked")
_NAMING = {"premise": "formula", "declare": "names", "prove": "conclusion"}


class TwinSettings(BaseModel):
    """How many twins a problem gets at the most, and how many changes are tried for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    twins: PositiveInt = 1
    tries: PositiveInt = 12
    seed: int = 0


def twin_of(problem: Problem) -> str | None:
    """The id of the problem that this one is a twin of; None where it is no twin."""
    found = problem.meta.get("twin_of")
    return found if isinstance(found, str) else None


def make_twins(
    problems: Iterable[Problem], toolkit: Toolkit, settings: TwinSettings | None = None
) -> Iterator[Problem]:
    """Yield the twins of the problems that have some, in order.

    A twin's id is its problem's with `/twin/N`; meta["twin_of"] and meta["changed"] say of which
    problem it is and what stands where what stood.
    """
    maker = _Maker(
        toolkit, build_agent(load_model("expert:0"), toolkit), settings or TwinSettings()
    )
    for problem in problems:
        yield from maker.twins(problem)


@dataclass(frozen=True, slots=True)
class _Maker:
    """What making twins needs throughout."""

    toolkit: Toolkit
    agent: Agent
    settings: TwinSettings

    def twins(self, problem: Problem) -> Iterator[Problem]:
        if problem.answer is None or not self._same(problem.answer, self._answer(problem)):
            return
        made = 0
        rng = random.Random(f"{self.settings.seed}/{problem.id}")
        candidates = list(self._candidates(problem, rng))
        rng.shuffle(candidates)
        for candidate in candidates[: self.settings.tries]:
            answer = self._answer(candidate)
            if answer is None or self._same(problem.answer, answer) is not False:
                continue
            if not is_plausible(problem.answer, answer):
                continue
            yield _named(problem, candidate, answer, made)
            made += 1
            if made == self.settings.twins:
                return

    def _candidates(self, problem: Problem, rng: random.Random) -> Iterator[Problem]:
        if problem.meta.get("chain") or problem.meta.get("equations"):
            yield from with_other_numbers(problem, self._calculate, rng)
            return
        before = [move for move in plan(problem).moves if isinstance(move, Move)]
        names = _names(before)
        for index, sentence in enumerate(problem.statements):
            for other in reworded(sentence, names):
                changed = _with_statement(problem, index, other)
                if _differ_once(before, plan(changed).moves):
                    yield changed

    def _calculate(self, expression: str) -> str | None:
        outcome = self.toolkit.call("calculate", {"expression": expression})
        return None if outcome.fault else outcome.text.split(" (about")[0]

    def _answer(self, problem: Problem) -> Answer | None:
        trace = solve(self.agent, problem)
        clean = trace.stop == "answered" and not any(step.faults for step in trace.steps)
        broken = any(
            "contradict" in seen.text for step in trace.steps for seen in step.observations
        )
        return trace.answer if clean and not broken else None

    def _same(self, known: Answer, other: Answer | None) -> bool | None:
        return other is not None and equivalent(known, other, self.toolkit.workers).value


def _with_statement(problem: Problem, index: int, text: str) -> Problem:
    statements = (*problem.statements[:index], text, *problem.statements[index + 1 :])
    meta = {name: problem.meta[name] for name in _KEPT_META if name in problem.meta}
    return problem.model_copy(update={"statements": statements, "meta": meta})


def _differ_once(before: list[Move], after: Iterable[object]) -> bool:
    """Whether two plans are alike but for one move, and nothing was unreadable."""
    moves = list(after)
    if len(moves) != len(before) or not all(isinstance(move, Move) for move in moves):
        return False
    return sum(one != other for one, other in zip(before, moves, strict=True)) == 1


def _names(moves: Iterable[Move]) -> list[str]:
    """The things that the plan speaks of, as their names stand in the text."""
    words: dict[str, None] = {}
    for move in moves:
        said = move.arguments.get(_NAMING.get(move.name, ""))
        listed = said if isinstance(said, list) else _arguments(str(said or ""))
        words.update(dict.fromkeys(str(name).replace("_", " ") for name in listed))
    return list(words)


def _arguments(formula: str) -> list[str]:
    """The constants in a formula: words inside brackets, longer than a variable."""
    inside = [part.split(")")[0] for part in formula.split("(")[1:]]
    return [w.strip() for part in inside for w in part.split(",") if len(w.strip()) > 1]


def _named(problem: Problem, twin: Problem, answer: Answer, number: int) -> Problem:
    was, now = (*problem.statements, problem.question), (*twin.statements, twin.question)
    changed = next([old, new] for old, new in zip(was, now, strict=True) if old != new)
    options = problem.answer.options if problem.answer else ()
    meta = {**twin.meta, "twin_of": problem.id, "changed": changed}
    return twin.model_copy(
        update={
            "id": f"{problem.id}/twin/{number}",
            "answer": answer.model_copy(update={"options": options}),
            "meta": meta,
        }
    )
