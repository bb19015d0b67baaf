"""Making a student from nothing, by one recipe: problems, a teacher's right chains, weights.

Guarantees that only chains that the grader calls CORRECT are learned from, that rollouts already in
the run's store are not made again, and that the checkpoint says what it was made from. Its first
training is supervised; preferring right steps to wrong ones comes later (`dpo`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corollary_agent.graph import build_agent
from corollary_agent.limits import Limits
from corollary_agent.models.load import load_model
from corollary_agent.models.local import CARD
from corollary_agent.models.local_text import render
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.pairs.building import reprompt
from corollary_datagen.rollouts import RolloutSettings, run_rollouts
from corollary_datagen.store import Store, open_store
from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_training.drills import build_drills
from corollary_training.events import Listener, silent
from corollary_training.holding import hold_out, read_whole
from corollary_training.render import Rendered, render_chain
from corollary_training.scratch import build_model, save_student, train_from_scratch
from corollary_training.student_recipe import ProblemSet, StudentRecipe
from corollary_training.tokenizer import build_tokenizer

STUDENT_PROMPT = PromptSettings(form="native", style="brief", reading="desk")
"""How every student made here is spoken to."""


@dataclass(frozen=True, slots=True)
class Born:
    """A finished student: where it is, how many chains and tokens it learned from."""

    folder: Path
    chains: int
    tokens: int


def build_student(
    recipe: StudentRecipe,
    *,
    run_dir: Path,
    data: Path | None,
    listener: Listener = silent,
) -> Born:
    """Make the student of `recipe` in `run_dir`; its checkpoint stands in `run_dir`/student.

    What the store of `run_dir` holds is not made again, nor a student of the same recipe. Raises
    CorollaryError for missing data.
    """
    folder = run_dir / "student"
    finished = _finished(folder, recipe)
    if finished is not None:
        return finished
    with open_store(run_dir) as store, load_toolkit(recipe.toolkit) as toolkit:
        problems = [p for part in recipe.problems for p in read_problems(part, data, recipe.seed)]
        roll_out_teacher(recipe, store, toolkit, problems, listener)
        messages = right_chains(store, toolkit, {problem.id for problem in problems})
        tools = toolkit.hash
    tokenizer = build_tokenizer(_texts(messages), size=recipe.scratch.vocabulary)
    chains = [render_chain(tokenizer, chain) for chain in messages]
    model = build_model(tokenizer, recipe.scratch)
    train_from_scratch(
        model,
        chains,
        recipe.scratch,
        drills=build_drills(tokenizer, 20_000, seed=recipe.seed),
        on_progress=lambda p: listener("train", p.done, p.total, {"loss": p.loss, **p.figures}),
    )
    save_student(model, tokenizer, folder, build_card(recipe, chains, tools))
    return Born(folder, len(chains), recipe.scratch.end)


def roll_out_teacher(
    recipe: StudentRecipe,
    store: Store,
    toolkit: Toolkit,
    problems: Sequence[Problem],
    listener: Listener,
) -> None:
    """Let the recipe's teacher solve the problems, and grade what it did."""
    store.add_problems(problems)
    agent = build_agent(load_model(recipe.teacher), toolkit, limits=Limits(steps=60))
    run_rollouts(
        store,
        agent,
        problems,
        settings=RolloutSettings(concurrency=recipe.concurrency),
        on_progress=lambda p: listener("rollout", p.done, p.total, {"right": p.right}),
    )
    grade_all(store, toolkit.workers)


def read_problems(part: ProblemSet, data: Path | None, seed: int) -> list[Problem]:
    """Load one part of the recipe's problems, each repeated with its statements in other orders.

    Families that a loop would hold out of the same source and split are left out.
    """
    every = read_whole(part.source, split=part.split, data=data, size=part.limit, seed=seed)
    problems, _ = hold_out(every, part.held_out)
    chance = random.Random(seed)
    return [p for problem in problems[: part.limit] for p in _orders(problem, part.orders, chance)]


def right_chains(
    store: Store, toolkit: Toolkit, problems: Collection[str]
) -> list[tuple[dict[str, Any], ...]]:
    """The messages of every CORRECT trace on these problems (ids), under the student's prompt."""
    return [
        reprompt(row.trace, row.problem, toolkit=toolkit, prompt=STUDENT_PROMPT)
        for row in store.graded()
        if row.problem.id in problems
        and row.verdict is not None
        and row.verdict.judgement == "CORRECT"
    ]


def build_card(recipe: StudentRecipe, chains: Sequence[Rendered], toolkit: str) -> dict[str, Any]:
    """What stands in `corollary.json` beside the weights."""
    return {
        "prompt": STUDENT_PROMPT.model_dump(mode="json"),
        "toolkit": toolkit,
        "recipe": recipe.model_dump(mode="json"),
        "chains": len(chains),
        "trained_tokens_a_chain": sum(c.trained for c in chains) / max(1, len(chains)),
    }


def _finished(folder: Path, recipe: StudentRecipe) -> Born | None:
    """The student in `folder` where this recipe made it."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if card.get("recipe") != recipe.model_dump(mode="json"):
        return None
    return Born(folder, card["chains"], recipe.scratch.end)


def _orders(problem: Problem, orders: int, chance: random.Random) -> Iterator[Problem]:
    """The problem itself, then its statements shuffled; only where their order says nothing."""
    yield problem
    if problem.domain != "logic" or not problem.statements:
        return
    for number in range(1, orders):
        statements = chance.sample(problem.statements, len(problem.statements))
        yield problem.model_copy(
            update={"id": f"{problem.id}~{number}", "statements": tuple(statements)}
        )


def _texts(chains: Iterable[Sequence[dict[str, Any]]]) -> Iterator[str]:
    """The chains as the student's template writes them."""
    tokenizer = build_tokenizer([])
    return (render(tokenizer, chain, reply=False) for chain in chains)
