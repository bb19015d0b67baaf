"""Preference pairs from graded traces: a pure function of what is stored, in bounded memory.

Guarantees one prompt for all pairs (traces of other models and prompts are put under it), no pair
from an undecided trace except a person's edit, no two sides that read the same, and the same pairs
for the same rows and seed. Grading comes before (`grading`), splitting and exporting
after (`exports`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from corollary_agent.messages import from_openai, to_openai
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, build_messages, to_form
from corollary_agent.trace import Message, Trace
from corollary_datagen.chains.chain import without_prompt
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.admission import Admission
from corollary_datagen.pairs.beside import Beside
from corollary_datagen.pairs.problem_pairs import Pairing
from corollary_datagen.pairs.selection import pair_rank, select, staged_pair
from corollary_datagen.pairs.settings import EfficiencySettings, PairSettings
from corollary_datagen.pairs.staging import StagedRow, Staging
from corollary_datagen.store.store import Store
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit

__all__ = ["EfficiencySettings", "PairSettings", "build_pairs", "problem_prompt", "reprompt"]

Skip = Callable[[str], None]
_SIDES = ("prompt", "chosen", "rejected")


def build_pairs(
    source: Store | Iterable[Graded],
    settings: PairSettings,
    *,
    toolkit: Toolkit,
    on_skip: Skip | None = None,
    folder: Path | None = None,
    beside: Beside | None = None,
) -> Iterator[PreferencePair]:
    """Build the pairs of a store, or of graded traces that come problem by problem.

    All are found when this returns, and lie in a temporary file of `folder`, by default the run's;
    the iterator reads them once. toolkit: whose schemas stand in the prompts and whose workers
    compare meanings. on_skip: told the reason for each possible pair that was left out. beside:
    where runs from states and twins are looked up, by default the store.
    """
    skip = on_skip or _ignore
    if beside is None and isinstance(source, Store):
        beside = Beside(source)
    pairing = Pairing(
        settings,
        toolkit,
        Meanings(toolkit.workers),
        Admission(settings, toolkit, skip),
        skip,
        beside,
    )
    staging = Staging(folder or (source.run_dir if isinstance(source, Store) else None))
    try:
        staging.add(_candidates(source, pairing))
        select(staging, settings, skip)
    except BaseException:
        staging.close()
        raise
    return _read(staging, shown_schemas(toolkit, settings.prompt))


def reprompt(
    trace: Trace, problem: Problem, *, toolkit: Toolkit, prompt: PromptSettings
) -> tuple[Message, ...]:
    """The messages of a trace with its leading system and user messages replaced by `prompt`'s."""
    return (*problem_prompt(problem, toolkit, prompt), *without_prompt(trace.messages))


def problem_prompt(
    problem: Problem, toolkit: Toolkit, prompt: PromptSettings
) -> tuple[Message, ...]:
    """The messages that every chain on a problem begins with."""
    return tuple(to_openai(message) for message in build_messages(problem, toolkit, prompt))


def in_form(messages: Sequence[Message], prompt: PromptSettings) -> tuple[Message, ...]:
    """Messages as the prompt has them written: in text form calls are words."""
    if prompt.form == "native":
        return tuple(messages)
    return tuple(to_openai(m) for m in to_form([from_openai(m) for m in messages], prompt))


def shown_schemas(toolkit: Toolkit, prompt: PromptSettings) -> tuple[dict[str, JsonValue], ...]:
    """The schemas beside the messages; none in text form, where the prompt shows the tools."""
    return () if prompt.form == "text" else toolkit.schemas()


def by_problem(source: Store | Iterable[Graded]) -> Iterator[list[Graded]]:
    """The graded traces of each problem."""
    graded = source.graded() if isinstance(source, Store) else source
    for _, group in groupby(graded, key=lambda row: row.problem.id):
        yield list(group)


def _candidates(source: Store | Iterable[Graded], pairing: Pairing) -> Iterator[StagedRow]:
    settings, toolkit, skip = pairing.settings, pairing.toolkit, pairing.skip
    for rows in by_problem(source):
        prompt = problem_prompt(rows[0].problem, toolkit, settings.prompt)
        for pair in pairing.pairs(rows, prompt):
            sides: dict[str, Any] = {
                name: in_form(getattr(pair, name), settings.prompt) for name in _SIDES
            }
            if sides["chosen"] == sides["rejected"]:
                skip("both sides read the same under this prompt")
                continue
            rank = pair_rank(pair, settings.seed)
            yield staged_pair(pair.model_copy(update=sides), settings, rank)


def _read(staging: Staging, tools: tuple[dict[str, JsonValue], ...]) -> Iterator[PreferencePair]:
    with closing(staging):
        for body in staging.bodies():
            yield PreferencePair.model_validate_json(body).model_copy(update={"tools": tools})


def _ignore(reason: str) -> None:
    """What is told the reasons where nobody asks."""
