"""Preference pairs from graded traces: a pure function of what is stored.

Guarantees one prompt for all pairs (traces of other models and prompts are put under it), no pair
from an undecided trace except a person's edit, no twins, caps a problem and a balance between step
kinds. Grading comes before (`grading`), splitting and exporting after (`split`, `export`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveFloat

from corollary_agent.messages import from_openai, to_openai
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, build_messages, to_form
from corollary_agent.trace import Message, Trace
from corollary_datagen.chains import message_calls, without_prompt
from corollary_datagen.contrast import Contrast, build_contrast
from corollary_datagen.edit_pairs import edit_pairs
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
    teacher: the model whose reading counts where it has a right chain: right chains that read a
    statement otherwise were right by luck. Without one, most distinct right chains decide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: PromptSettings = PromptSettings(style="brief", reading="desk")
    kinds: tuple[PairKind, ...] = ("outcome", "step", "repair")
    outcome_cap: NonNegativeInt = 2
    step_cap: NonNegativeInt = 8
    repair_cap: NonNegativeInt = 2
    balance: PositiveFloat | None = 2.0
    models: tuple[str, ...] = ()
    teacher: str | None = None
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
    work = _Pairing(settings, toolkit, Meanings(toolkit.workers), on_skip or _ignore)
    graded = source.graded() if isinstance(source, Store) else source
    pairs: list[PreferencePair] = []
    for _, group in groupby(graded, key=lambda row: row.problem.id):
        rows = list(group)
        prompt = _prompt(rows[0].problem, toolkit, settings.prompt)
        pairs += work.of_edits(rows, prompt)
        pairs += work.of_problem([row for row in rows if work.is_used(row)], prompt)
    kept = balanced(pairs, settings.balance, settings.seed) if settings.balance else pairs
    return list(_finished(kept, toolkit, settings.prompt))


def reprompt(
    trace: Trace, problem: Problem, *, toolkit: Toolkit, prompt: PromptSettings
) -> tuple[Message, ...]:
    """The messages of a trace with its leading system and user messages replaced by `prompt`'s."""
    return (*_prompt(problem, toolkit, prompt), *without_prompt(trace.messages))


@dataclass(frozen=True, slots=True)
class _Pairing:
    """What building pairs needs throughout."""

    settings: PairSettings
    toolkit: Toolkit
    meanings: Meanings
    skip: Skip

    def is_used(self, row: Graded) -> bool:
        """Whether a trace takes part: judged, of a wanted model, calling known tools if right."""
        if row.verdict is None or row.verdict.judgement == "UNDECIDED":
            return False
        if self.settings.models and row.trace.model not in self.settings.models:
            return False
        names = {tool.name for tool in self.toolkit.tools}
        called = {name for message in row.trace.messages for name, _ in message_calls(message)}
        if row.verdict.judgement == "CORRECT" and not called <= names:
            self.skip(f"calls tools that toolkit {self.toolkit.name} does not have")
            return False
        return True

    def of_edits(
        self, rows: Sequence[Graded], prompt: tuple[Message, ...]
    ) -> Iterator[PreferencePair]:
        """The pairs that a person's edits make, whatever the verdict."""
        if "repair" in self.settings.kinds:
            for row in rows:
                yield from edit_pairs(row.problem, row.trace, prompt=prompt)

    def of_problem(
        self, rows: Sequence[Graded], prompt: tuple[Message, ...]
    ) -> list[PreferencePair]:
        """The pairs of one problem, capped."""
        if not rows:
            return []
        teacher = self.settings.teacher
        contrast = build_contrast(rows, self.meanings, prompt=prompt, teacher=teacher)
        for _ in range(contrast.lucky):
            self.skip("right by luck: most right chains read a statement otherwise")
        caps: dict[PairKind, int] = {
            "outcome": self.settings.outcome_cap,
            "step": self.settings.step_cap,
            "repair": self.settings.repair_cap,
        }
        return capped(without_twins(self._found(contrast)), caps, self.settings.seed)

    def _found(self, contrast: Contrast) -> Iterator[PreferencePair]:
        kinds = self.settings.kinds
        if "outcome" in kinds:
            yield from outcome_pairs(contrast, self.skip)
        if "step" in kinds:
            yield from step_pairs(contrast, self.meanings, self.skip)
        if "repair" in kinds:
            yield from repair_pairs(contrast, self.skip)


def _prompt(problem: Problem, toolkit: Toolkit, settings: PromptSettings) -> tuple[Message, ...]:
    return tuple(to_openai(message) for message in build_messages(problem, toolkit, settings))


def _finished(
    pairs: Iterable[PreferencePair], toolkit: Toolkit, prompt: PromptSettings
) -> Iterator[PreferencePair]:
    """The pairs with schemas; in text form calls are words and the tools stand in the prompt."""
    tools = () if prompt.form == "text" else toolkit.schemas()
    for pair in pairs:
        names = ("prompt", "chosen", "rejected")
        sides = {name: _in_form(getattr(pair, name), prompt) for name in names}
        yield pair.model_copy(update={"tools": tools, **sides})


def _in_form(messages: Sequence[Message], prompt: PromptSettings) -> tuple[Message, ...]:
    if prompt.form == "native":
        return tuple(messages)
    return tuple(to_openai(m) for m in to_form([from_openai(m) for m in messages], prompt))


def _ignore(reason: str) -> None:
    """What is told the reasons where nobody asks."""
