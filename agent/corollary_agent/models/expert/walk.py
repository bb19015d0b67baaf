"""The next step of a chain: its plan, how far it has come, and where it slips.

A call already made is not made again; a slip that a tool refused, or that the graph asks to
repair, is put right. The call that decides comes last: what was recorded after it makes it be asked
again. Pure: nothing is remembered between steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from corollary_agent.models.expert.chains import to_value
from corollary_agent.models.expert.mistakes import Mistake, Slips
from corollary_agent.models.expert.place import Made, Place
from corollary_agent.models.expert.plan import Move, Refusal
from corollary_agent.problem import Problem
from corollary_tools.reading import read_answer


@dataclass(frozen=True, slots=True)
class Next:
    """What to say next: a call, or words that end the chain; `mistake` where it is one."""

    move: Move | None = None
    words: str = ""
    mistake: Mistake | None = None


def take_step(place: Place, slips: Slips) -> Next:
    """The next step of a chain, from its place in its plan."""
    plan, problem = slips.plan, slips.problem
    carried: dict[str, str] = {}
    result = ""
    for index, planned in enumerate(plan.moves):
        if isinstance(planned, Refusal):
            return Next(words=_without_answer(planned, problem))
        right = _carry(planned, carried) if plan.carries else planned
        mistake = slips.at(index, right)
        made = _find_made(right, mistake, place)
        decides = index == len(plan.moves) - 1
        if made is None or (decides and not place.ends_with(made)):
            return _say(right, mistake, place)
        if made.refused:
            stuck = Refusal(f"I cannot go on: {made.result}", "I cannot go on.")
            return Next(words=_without_answer(stuck, problem))
        result = made.result
        if planned.expected:
            carried[planned.expected] = to_value(result)
    return Next(words=plan.conclude(result))


def _without_answer(refusal: Refusal, problem: Problem) -> str:
    """The refusal's words, such that no answer can be read out of them by accident."""
    readable = read_answer(refusal.text, problem.asks, problem.options)
    return refusal.text if readable is None else refusal.short


def _find_made(right: Move, mistake: Mistake | None, place: Place) -> Made | None:
    found = place.find(right)
    if found is None and mistake and mistake.runs:
        wrong = place.find(mistake.move) if mistake.move else None
        return None if wrong is None or wrong.refused else wrong
    return found


def _say(right: Move, mistake: Mistake | None, place: Place) -> Next:
    repairing = place.failed or (place.made and place.made[-1].refused)
    if mistake is None or repairing:
        return Next(move=right)
    return Next(move=mistake.move, words=mistake.words, mistake=mistake)


def _carry(move: Move, carried: dict[str, str]) -> Move:
    """Put the results that came out otherwise than expected where the move uses them."""
    wrong = {_number(k): v for k, v in carried.items() if _number(k) != _number(v)}
    if not wrong:
        return move

    def replace(found: re.Match[str]) -> str:
        value = wrong.get(_number(found[0]), found[0])
        return value if re.fullmatch(r"[\d.]+", value) else f"({value})"

    expression = re.sub(r"\d+(?:\.\d+)?|\.\d+", replace, str(move.arguments["expression"]))
    return Move(move.name, {"expression": expression}, move.expected)


def _number(text: str) -> Fraction | str:
    try:
        return Fraction(text.replace(",", "").replace("$", ""))
    except (ValueError, ZeroDivisionError):
        return text
