"""`corollary grade --steps`: which steps of the graded traces are wrong, and how methods agree.

Puts store, tools and, where one was named, a model together, and shows how far it is. Does not
judge itself (`corollary_datagen.steps.verdicts` does).
"""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corollary_cli.console import Output
from corollary_cli.hosting import Hosting, hosted_options
from corollary_cli.options import concurrency_option, seed_option, toolkit_option
from corollary_cli.progress import Meter, metered
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.chains.continuation import Continuation
    from corollary_datagen.steps.judgements import Agreement
    from corollary_datagen.steps.values import StepValues
    from corollary_datagen.store import Store
    from corollary_datagen.verdict import Graded
    from corollary_tools.toolkit import Toolkit

WORDS = {
    "calls": "its calls, run again",
    "statements": "what it states in words",
    "values": "runs from before and after it",
    "comparison": "a right chain beside it",
}


@dataclass(frozen=True, slots=True)
class StepPlan:
    """How steps are judged. model: None leaves out the values of states."""

    model: str | None
    rollouts: int
    temperature: float
    toolkit: str
    seed: int
    concurrency: int
    again: bool


_OPTIONS = (
    click.option("--steps", is_flag=True, help="Also find the first wrong step of each trace."),
    # Not from the environment: without this flag nothing is asked, and nothing paid.
    click.option("-m", "--model", metavar="SPEC", help="With --steps: goes on from their states."),
    click.option(
        "--rollouts",
        type=click.IntRange(min=1),
        metavar="K",
        default=6,
        show_default=True,
        help="With --model: at most so many runs from one state.",
    ),
    click.option(
        "--temperature", type=float, default=0.7, show_default=True, help="Of those runs."
    ),
    toolkit_option,
    seed_option,
    concurrency_option,
    hosted_options,
)


def step_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags to a command, which gets them as `plan`, None without --steps."""

    @functools.wraps(function)
    def packed(*args: Any, steps: bool, again: bool, **others: Any) -> Any:
        names = ("model", "rollouts", "temperature", "toolkit", "seed", "concurrency")
        plan = StepPlan(**{name: others.pop(name) for name in names}, again=again)
        if plan.model and not steps:
            raise CorollaryError(
                f"--model {plan.model} has no effect here",
                because="verdicts need no model; it goes on from the states of steps",
                remedy="the same with --steps, or without --model",
            )
        return function(*args, again=again, plan=plan if steps else None, **others)

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


@dataclass(slots=True)
class Found:
    """What is known of the steps of a run. judged: traces now; runs: runs made now from states."""

    judged: int = 0
    runs: int = 0
    wrong: int = 0
    located: int = 0
    by_method: Counter[str] = field(default_factory=Counter)
    agreement: list[Agreement] = field(default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "judged": self.judged,
            "runs": self.runs,
            "wrong": self.wrong,
            "located": self.located,
            "by_method": dict(self.by_method),
            "agreement": [agreement._asdict() for agreement in self.agreement],
        }


def grade_steps(run_dir: Path, plan: StepPlan, output: Output, hosting: Hosting) -> Found:
    """Judge the steps of the graded traces of a run; the same command goes on where it stopped."""
    from corollary_agent.budget import BudgetReached
    from corollary_datagen.chains.meanings import Meanings
    from corollary_datagen.steps.verdicts import StepGrader
    from corollary_datagen.store import open_store
    from corollary_tools.toolkit import load_toolkit

    found = Found()
    with (
        open_store(run_dir) as store,
        load_toolkit(plan.toolkit) as toolkit,
        hosting.options(plan.model or "--steps without --model", output) as options,
        metered(output, "steps", store.counts()["traces"]) as meter,
    ):
        values = _values(store, toolkit, plan, options, _teller(meter, found))
        meanings = Meanings(toolkit.workers)
        grader = StepGrader(store, toolkit, meanings, values, plan.concurrency, plan.again)

        def tell(row: Graded) -> None:
            found.judged += 1
            meter.advance(found.judged)

        try:
            asyncio.run(grader.grade_all(tell))
        except BudgetReached as spent:
            kept = f"the steps of {found.judged} traces were judged now, and all runs are kept"
            raise spent.keeping(kept) from None
        _summarise(store, found)
    return found


def show_steps(found: Found, output: Output) -> None:
    """Print the tables: which method names the first wrong step, and where methods agree."""
    rows = [(WORDS[method], found.by_method[method]) for method in WORDS]
    output.table(("first wrong step, by", "wrong traces"), [*rows, ("any", found.located)])
    if found.agreement:
        pairs = [(f"{WORDS[a.left]} / {WORDS[a.right]}", a.both, a.same) for a in found.agreement]
        output.table(("two methods", "both name one", "the same"), pairs)
    runs = f", {found.runs} runs from their states" if found.runs else ""
    output.note(f"traces judged now: {found.judged}{runs}; wrong traces in all: {found.wrong}")


def _values(
    store: Store, toolkit: Toolkit, plan: StepPlan, options: dict[str, Any], on_run: Any
) -> StepValues | None:
    if plan.model is None:
        return None
    from corollary_agent.models.load import load_model
    from corollary_agent.resuming import build_resumer
    from corollary_agent.trace import Sampling
    from corollary_datagen.steps.values import StepValues, ValueSettings

    sampling = Sampling(temperature=plan.temperature, seed=plan.seed)
    settings = ValueSettings(rollouts=plan.rollouts, sampling=sampling)
    resumer = build_resumer(load_model(plan.model, **options), toolkit)
    return StepValues(store, resumer, toolkit.workers, settings, on_run)


def _teller(meter: Meter, found: Found) -> Any:
    def tell(run: Continuation) -> None:
        found.runs += 1
        meter.facts["runs"] = str(found.runs)

    return tell


def _summarise(store: Store, found: Found) -> None:
    from corollary_datagen.steps.judgements import count_agreement, first_by_method

    firsts = []
    for verdict in store.verdicts():
        if verdict.judgement == "INCORRECT":
            found.wrong += 1
            found.located += verdict.first_wrong_step is not None
            firsts.append(first_by_method(verdict.step_judgements))
            found.by_method.update(firsts[-1].keys())
    found.agreement = count_agreement(firsts)
