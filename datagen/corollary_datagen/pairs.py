"""Preference pairs from graded traces: a pure function of what is stored.

Guarantees one prompt for all pairs (traces of other models and prompts are put under it), no pair
from an undecided trace, no twins, caps a problem and a balance between step kinds. Grading comes
before (`grading`), splitting and exporting after (`split`, `export`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveFloat

from corollary_agent.messages import from_openai, to_openai
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, build_messages, to_form
from corollary_agent.trace import Message, Trace
from corollary_datagen.chains import message_calls, without_prompt
from corollary_datagen.contrast import Contrast, build_contrast
from corollary_datagen.meanings import Meanings
from corollary_datagen.outcome_pairs import outcome_pairs
from corollary_datagen.pair import PairKind, PreferencePair
from corollary_datagen.repair_pairs import repair_pairs
from corollary_datagen.selection import balanced, capped, without_twins
from corollary_datagen.step_pairs import step_pairs
from corollary_datagen.store import Store
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit

Skip = Callable[[str], None]


class PairSettings(BaseModel):
    """Which pairs are built.

    prompt: the one prompt of all pairs, the student's. kinds: of outcome, step and repair. The
    three caps are pairs a problem. balance: no step kind (its tool) has more than this many times
    the mean number of all kinds; None keeps all. models: take traces of these alone; empty is all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: PromptSettings = PromptSettings(style="brief", reading="desk")
    kinds: tuple[PairKind, ...] = ("outcome", "step", "repair")
    outcome_cap: NonNegativeInt = 2
    step_cap: NonNegativeInt = 8
    repair_cap: NonNegativeInt = 2
    balance: PositiveFloat | None = 2.0
    models: tuple[str, ...] = ()
    seed: int = 0


def build_pairs(
    source: Store | Iterable[Graded],
    settings: PairSettings,
    *,
    toolkit: Toolkit,
    on_skip: Skip | None = None,
) -> list[PreferencePair]:
    """Build the pairs of a store, or of graded traces that come problem by problem.

    toolkit: whose schemas stand in the prompts and whose workers compare meanings. on_skip: told
    the reason for each possible pair that was left out.
    """
    skip = on_skip or _ignore
    meanings = Meanings(toolkit.workers)
    graded = source.graded() if isinstance(source, Store) else source
    pairs: list[PreferencePair] = []
    for _, rows in groupby(graded, key=lambda row: row.problem.id):
        used = [row for row in rows if _is_used(row, settings, toolkit, skip)]
        if used:
            prompt = _prompt(used[0].problem, toolkit, settings.prompt)
            contrast = build_contrast(used, prompt, meanings)
            pairs += _of_problem(contrast, settings, meanings, skip)
    kept = balanced(pairs, settings.balance, settings.seed) if settings.balance else pairs
    return list(_finished(kept, toolkit, settings.prompt))


def reprompt(
    trace: Trace, problem: Problem, toolkit: Toolkit, prompt: PromptSettings
) -> tuple[Message, ...]:
    """The messages of a trace with its leading system and user messages replaced by `prompt`'s."""
    return (*_prompt(problem, toolkit, prompt), *without_prompt(trace.messages))


def _of_problem(
    contrast: Contrast, settings: PairSettings, meanings: Meanings, skip: Skip
) -> Sequence[PreferencePair]:
    for _ in range(contrast.lucky):
        skip("right by luck: most right chains read a statement otherwise")
    found = without_twins(_found(contrast, settings.kinds, meanings, skip))
    caps: dict[PairKind, int] = {
        "outcome": settings.outcome_cap,
        "step": settings.step_cap,
        "repair": settings.repair_cap,
    }
    return capped(found, caps, settings.seed)


def _found(
    contrast: Contrast, kinds: Iterable[PairKind], meanings: Meanings, skip: Skip
) -> Iterator[PreferencePair]:
    if "outcome" in kinds:
        yield from outcome_pairs(contrast)
    if "step" in kinds:
        yield from step_pairs(contrast, meanings, skip)
    if "repair" in kinds:
        yield from repair_pairs(contrast, skip)


def _is_used(row: Graded, settings: PairSettings, toolkit: Toolkit, skip: Skip) -> bool:
    if row.verdict is None or row.verdict.judgement == "UNDECIDED":
        return False
    if settings.models and row.trace.model not in settings.models:
        return False
    names = {tool.name for tool in toolkit.tools}
    called = {name for message in row.trace.messages for name, _ in message_calls(message)}
    if row.verdict.judgement == "CORRECT" and not called <= names:
        skip(f"calls tools that toolkit {toolkit.name} does not have")
        return False
    return True


def _prompt(problem: Problem, toolkit: Toolkit, settings: PromptSettings) -> tuple[Message, ...]:
    return tuple(to_openai(message) for message in build_messages(problem, toolkit, settings))


def _finished(
    pairs: Iterable[PreferencePair], toolkit: Toolkit, prompt: PromptSettings
) -> Iterator[PreferencePair]:
    """The pairs with schemas; in text form calls are words and the tools stand in the prompt."""
    tools = () if prompt.form == "text" else toolkit.schemas()
    for pair in pairs:
        sides = {
            name: _in_form(messages, prompt)
            for name, messages in (
                ("prompt", pair.prompt),
                ("chosen", pair.chosen),
                ("rejected", pair.rejected),
            )
        }
        yield pair.model_copy(update={"tools": tools, **sides})


def _in_form(messages: Sequence[Message], prompt: PromptSettings) -> tuple[Message, ...]:
    if prompt.form == "native":
        return tuple(messages)
    return tuple(to_openai(m) for m in to_form([from_openai(m) for m in messages], prompt))


def _ignore(reason: str) -> None:
    """What is told the reasons where nobody asks."""
