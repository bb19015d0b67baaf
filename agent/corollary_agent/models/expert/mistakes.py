"""Mistakes of the kinds that real models make, drawn by a seeded hash.

Each step of a chain errs with probability `1 - (1 - rate) ** (1 / steps)`, drawn independently, so
that a chain holds at least one mistake with probability `rate`; steps are the calls of the right
chain. A kind is drawn evenly among those that can change the step. Guarantees that the same
problem, seeds and step give the same mistake, and rate 0 none. How a formula or an expression is
spoilt is in `spoiling`.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from corollary_agent.models.expert import spoiling
from corollary_agent.models.expert.plan import Move, Plan
from corollary_agent.models.expert.spoiling import Pool, Spoiler
from corollary_agent.problem import Problem
from corollary_tools.desk import letter

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
_SPOILERS: dict[str, Mapping[str, Spoiler]] = {
    "formula": spoiling.FORMULA,
    "conclusion": spoiling.FORMULA,
    "expression": spoiling.EXPRESSION,
}


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


@dataclass(frozen=True)
class Slips:
    """Where one chain goes wrong: a pure function of its seeds, its problem and its plan."""

    rate: float
    seeds: tuple[int, int]
    problem: Problem
    plan: Plan

    def at(self, step: int, move: Move) -> Mistake | None:
        """The mistake in place of `move` at step `step` (from 0); None where the step is right."""
        if self.rate == 0:
            return None
        draw = self._random(step)
        if draw.random() >= 1 - (1 - self.rate) ** (1 / max(len(self.plan.moves), 1)):
            return None
        pool = Pool(self.names, tuple(spoiling.numbers_in(self.problem.text)), draw)
        possible = [m for kind in KINDS if (m := spoil(kind, move, pool)) is not None]
        return draw.choice([*possible, Mistake("premature_answer", words=self._guess(draw))])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of things in the plan's formulas."""
        moves = [move for move in self.plan.moves if isinstance(move, Move)]
        formulas = [str(move.arguments.get("formula", "")) for move in moves]
        return tuple(dict.fromkeys(n for f in formulas for n in spoiling.names_in(f)))

    def _random(self, step: int) -> random.Random:
        text = json.dumps([*self.seeds, self.problem.id, step])
        return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

    def _guess(self, draw: random.Random) -> str:
        """An answer of the kind that is asked for, before anything decides it."""
        asks, options = self.problem.asks, self.problem.options
        if asks == "truth":
            return draw.choice(("True", "False", "Unknown"))
        if asks == "choice":
            return letter(draw.randrange(max(len(options), 2)))
        if asks == "assignment":
            roles = (f"{n} is a {draw.choice(('knight', 'knave'))}" for n in self.names)
            return ", ".join(role[0].upper() + role[1:] for role in roles)
        return draw.choice(spoiling.numbers_in(self.problem.text) or ["0"])


def spoil(kind: MistakeKind, move: Move, pool: Pool) -> Mistake | None:
    """The move with a mistake of this kind in it; None where this kind does not apply.

    A premature answer needs no move and is made by `Slips`.
    """
    if kind == "premature_answer":
        return None
    if kind == "malformed_call":
        return Mistake(kind, move=move, broken=json.dumps(move.arguments)[:-2] or "{")
    if kind == "unknown_tool":
        wrong = _MISREMEMBERED.get(move.name, f"{move.name}_tool")
        return Mistake(kind, move=Move(wrong, move.arguments))
    spoilt = _spoil_arguments(kind, move, pool)
    return Mistake(kind, move=spoilt) if spoilt and spoilt != move else None


def _spoil_arguments(kind: MistakeKind, move: Move, pool: Pool) -> Move | None:
    if kind == "dropped_premise" and move.name in ("prove", "option"):
        return None
    for key, by_kind in _SPOILERS.items():
        if key in move.arguments and kind in by_kind:
            text = by_kind[kind](str(move.arguments[key]), pool)
            return Move(move.name, {**move.arguments, key: text}, move.expected)
    if move.name == "solve":
        return _spoil_equations(kind, move, pool)
    if move.name == "choose" and kind == "wrong_operation":
        return Move("choose", {"mode": pool.draw.choice(("could", "cannot"))})
    return None


def _spoil_equations(kind: MistakeKind, move: Move, pool: Pool) -> Move | None:
    stated = move.arguments.get("equations")
    equations = [str(e) for e in stated] if isinstance(stated, list) else []
    if not equations:
        return None
    place = pool.draw.randrange(len(equations))
    if kind == "dropped_premise" and len(equations) > 1:
        kept = equations[:place] + equations[place + 1 :]
    elif kind in spoiling.EXPRESSION:
        wrong = spoiling.EXPRESSION[kind](equations[place], pool)
        kept = [*equations[:place], wrong, *equations[place + 1 :]]
    else:
        return None
    return Move("solve", {**move.arguments, "equations": list(kept)})
