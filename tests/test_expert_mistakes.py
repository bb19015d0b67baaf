"""The expert's mistakes: each kind changes the meaning only, and the tools accept it."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from corollary_agent.models.expert.mistakes import KINDS, MistakeKind, Slips, spoil
from corollary_agent.models.expert.plan import Move
from corollary_agent.models.expert.readers import plan
from corollary_agent.models.expert.spoiling import Pool, numbers_in
from corollary_datagen.generators import generate_problems
from corollary_tools.expression import parse_expression
from corollary_tools.formula import parse_formula, render_formula

POOL = Pool(("cow", "dog", "owl", "wren"), ("48", "7"), random.Random(1))
SPOILT: list[tuple[MistakeKind, Move, set[str]]] = [
    (
        "dropped_premise",
        Move("premise", {"n": 1, "formula": "forall x. big(x) & red(x) -> kind(x)"}),
        {"forall x. big(x) -> kind(x)", "forall x. red(x) -> kind(x)"},
    ),
    ("dropped_premise", Move("premise", {"n": 1, "formula": "big(cow)"}), {"true"}),
    ("dropped_premise", Move("premise", {"n": 1, "formula": "a <-> (b <-> c)"}), {"b <-> c"}),
    ("flipped_negation", Move("prove", {"conclusion": "~big(cow)"}), {"big(cow)"}),
    ("flipped_negation", Move("premise", {"n": 1, "formula": "owl == 1"}), {"owl != 1"}),
    (
        "reversed_rule",
        Move("premise", {"n": 1, "formula": "forall x. big(x) -> sees(x, dog)"}),
        {"forall x. sees(x, dog) -> big(x)"},
    ),
    ("reversed_rule", Move("premise", {"n": 1, "formula": "owl < wren"}), {"wren < owl"}),
    ("wrong_operand", Move("option", {"letter": "A", "formula": "owl == 1"}), {"owl == 2"}),
    ("wrong_operand", Move("calculate", {"expression": "48/2"}), {"7/2", "48/48", "48/7"}),
    ("wrong_operation", Move("calculate", {"expression": "48/2"}), {"48*2"}),
]


@pytest.mark.parametrize(("kind", "move", "texts"), SPOILT)
def test_a_kind_changes_what_it_says(kind: MistakeKind, move: Move, texts: set[str]) -> None:
    mistake = spoil(kind, move, POOL)
    assert mistake is not None
    assert mistake.move is not None
    key = next(k for k in ("formula", "conclusion", "expression") if k in move.arguments)
    assert mistake.move.arguments[key] in texts


def test_a_kind_that_cannot_change_a_step_does_not_apply() -> None:
    assert spoil("reversed_rule", Move("premise", {"n": 1, "formula": "big(cow)"}), POOL) is None
    assert spoil("wrong_operation", Move("find", {}), POOL) is None


def test_every_mistake_is_a_call_that_the_tools_can_read() -> None:
    seen: Counter[str] = Counter()
    for problem in generate_problems(limit=100):
        made = plan(problem)
        names = Slips(1.0, (0, 0), problem, made).names
        pool = Pool(names, tuple(numbers_in(problem.text)), random.Random(problem.id))
        for move in made.moves:
            assert isinstance(move, Move)
            for kind in KINDS:
                mistake = spoil(kind, move, pool)
                if mistake is not None and mistake.move is not None and mistake.runs:
                    _check(mistake.move)
                    assert mistake.move != move
                    seen[kind] += 1
    assert set(seen) == set(KINDS) - {"malformed_call", "unknown_tool", "premature_answer"}


def _check(move: Move) -> None:
    for key in ("formula", "conclusion"):
        if key in move.arguments:
            text = str(move.arguments[key])
            assert render_formula(parse_formula(text)) == text
    if "expression" in move.arguments:
        parse_expression(str(move.arguments["expression"]))
