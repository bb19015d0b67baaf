"""Mistakes of the kinds that real models make, drawn by a seeded hash.

Each step of a chain errs with probability `1 - (1 - rate) ** (1 / steps)`, drawn independently, so
that a chain holds at least one mistake with probability `rate`. Guarantees that the same problem,
seeds and step give the same mistake, and rate 0 none. A kind that cannot change a step is not
drawn for it. How a formula or an expression is spoilt is in `spoiling`.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from corollary_agent.models.expert import spoiling
from corollary_agent.models.expert.plan import Move
from corollary_agent.problem import Problem

MistakeKind = Literal[
    "dropped_premise",
    "flipped_negation",
    "reversed_rule",
    "wrong_operand",
    "wrong_operation",
    "malformed_call",
    "unknown_tool",
    "premature_answer",
]
KINDS: tuple[MistakeKind, ...] = get_args(MistakeKind)

_MISREMEMBERED = {
    "premise": "add_premise", "prove": "entails", "calculate": "calculator", "find": "find_model",
    "choose": "select", "declare": "variables", "option": "add_option", "solve": "solve_equation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in place of a move: another move, a broken call's text, or words that end all."""

    kind: MistakeKind
    move: Move | None = None
    broken: str = ""
    words: str = ""

    @property
    def runs(self) -> bool:
        """Whether this is a call that a tool can answer, so that the chain goes on from it."""
        return self.move is not None and self.kind not in ("malformed_call", "unknown_tool")


@dataclass(frozen=True, slots=True)
class Slips:
    """Where one chain goes wrong: a pure function of its seeds and the problem."""

    rate: float
    seed: int
    sampling_seed: int

    def at(self, problem: Problem, step: int, move: Move, steps: int) -> Mistake | None:
        """The mistake at step `step` (from 0) of `steps`; None where the step is right."""
        chance = 1 - (1 - self.rate) ** (1 / max(steps, 1))
        draw = self._random(problem, step)
        if draw.random() >= chance:
            return None
        possible = [m for kind in KINDS if (m := spoil(kind, move, problem, draw)) is not None]
        return draw.choice(possible)

    def _random(self, problem: Problem, step: int) -> random.Random:
        text = json.dumps([self.seed, self.sampling_seed, problem.id, step])
        return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def spoil(kind: MistakeKind, move: Move, problem: Problem, draw: random.Random) -> Mistake | None:
    """The move with a mistake of this kind in it; None where this kind does not apply."""
    if kind == "malformed_call":
        return Mistake(kind, move=move, broken=_truncate(move))
    if kind == "unknown_tool":
        wrong = _MISREMEMBERED.get(move.name, f"{move.name}_tool")
        return Mistake(kind, move=Move(wrong, move.arguments))
    if kind == "premature_answer":
        return Mistake(kind, words=_guess(problem, draw))
    spoilt = _spoil_arguments(kind, move, problem, draw)
    return Mistake(kind, move=spoilt) if spoilt and spoilt != move else None


def _spoil_arguments(
    kind: MistakeKind, move: Move, problem: Problem, draw: random.Random
) -> Move | None:
    spoilers: dict[str, dict[str, Callable[..., str]]] = {
        "formula": spoiling.FORMULA,
        "conclusion": spoiling.FORMULA,
        "expression": spoiling.EXPRESSION,
    }
    for key, by_kind in spoilers.items():
        if key in move.arguments and kind in by_kind:
            text = by_kind[kind](str(move.arguments[key]), problem.text, draw)
            return Move(move.name, {**move.arguments, key: text}, move.expected)
    if move.name == "solve":
        return _spoil_equations(kind, move, problem, draw)
    if move.name == "choose" and kind == "wrong_operation":
        return Move("choose", {"mode": "could"})
    return None


def _spoil_equations(
    kind: MistakeKind, move: Move, problem: Problem, draw: random.Random
) -> Move | None:
    equations = [str(e) for e in move.arguments.get("equations") or ()]  # type: ignore[union-attr]
    if not equations:
        return None
    place = draw.randrange(len(equations))
    if kind == "dropped_premise" and len(equations) > 1:
        kept = equations[:place] + equations[place + 1 :]
    elif kind in spoiling.EXPRESSION:
        wrong = spoiling.EXPRESSION[kind](equations[place], problem.text, draw)
        kept = [*equations[:place], wrong, *equations[place + 1 :]]
    else:
        return None
    return Move("solve", {**move.arguments, "equations": list(kept)})


def _truncate(move: Move) -> str:
    text = json.dumps(move.arguments)
    return text[: max(len(text) - 2, 1)]


def _guess(problem: Problem, draw: random.Random) -> str:
    if problem.asks == "truth":
        return draw.choice(("True", "False", "Unknown"))
    if problem.asks == "choice":
        return chr(ord("A") + draw.randrange(max(len(problem.options), 2)))
    if problem.asks == "assignment":
        names = spoiling.names_in(problem.text)
        return ", ".join(f"{n} is a {draw.choice(('knight', 'knave'))}" for n in names)
    return draw.choice(spoiling.numbers_in(problem.text) or ["0"])
