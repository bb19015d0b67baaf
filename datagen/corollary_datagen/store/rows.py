"""Records as rows of the tables and back: what a row shares with others stands apart from it.

Guarantees that a record comes back equal, its keys in their order. Reads and writes shared texts
through `texts`; opens nothing and commits nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from corollary_agent.trace import Message, Sampling, Trace
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store.texts import Texts, part
from corollary_datagen.unpaired import UnpairedRow

_TOGETHER: Final = 256
"""How many pairs of one problem are looked at together for histories in common."""

_APART: Final = {"tools", "prompt"}


class TraceRow(NamedTuple):
    """A trace to be stored. heads: its long first messages; values: the columns."""

    heads: list[str]
    values: tuple[object, ...]


def settings_key(toolkit: str, prompt: str, sampling: Sampling) -> str:
    """Hash what a rollout was made with: toolkit and prompt hashes, sampling without its seed."""
    parts = [toolkit, prompt, sampling.temperature, sampling.top_p, sampling.max_tokens]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def to_trace_row(trace: Trace, sample: int) -> TraceRow:
    """The row of a trace; its heads must be kept before it is written."""
    settings = settings_key(trace.toolkit, trace.prompt, trace.sampling)
    key = (trace.id, trace.problem_id, trace.model, settings, sample, trace.stop)
    heads, rest = part(trace.messages)
    short = trace.model_copy(update={"messages": rest}) if heads else trace
    return TraceRow(heads, (*key, short.model_dump_json()))


def to_trace(body: str, head: str, texts: Texts) -> Trace:
    """The trace of a row."""
    trace = Trace.model_validate_json(body)
    if head == "[]":
        return trace
    return trace.model_copy(update={"messages": (*texts.messages(head), *trace.messages)})


class History(NamedTuple):
    """A history that pairs share, to be stored before them."""

    body: str


class PairRow(NamedTuple):
    """A pair whose prompt is the first `length` messages of the history stored last but `back`."""

    pair: PreferencePair
    back: int
    length: int


def to_pair_rows(pairs: Iterable[PreferencePair]) -> Iterator[History | PairRow]:
    """Yield pairs in their order, those of one problem after the histories that they share."""
    for _, of_problem in groupby(pairs, key=lambda pair: pair.problem_id):
        for group in _chunks(of_problem):
            histories = _longest(pair.prompt for pair in group)
            for messages in histories:
                yield History(_json(messages))
            for pair in group:
                place = next(i for i, known in enumerate(histories) if _begins(known, pair.prompt))
                yield PairRow(pair, len(histories) - 1 - place, len(pair.prompt))


def to_pair_values(pair: PreferencePair) -> tuple[object, ...]:
    """The columns of a pair that do not depend on other rows; the last is its body."""
    where = (pair.kind, pair.problem_id, pair.family, pair.chosen_trace, pair.rejected_trace)
    return (*where, pair.model_dump_json(exclude=_APART))


def to_pair(body: str, history: str | None, length: int) -> PreferencePair:
    """The pair of a row, without its tools. history: None where the body holds the prompt."""
    if history is None:
        return PreferencePair.model_validate_json(f'{{"tools":[],{body[1:]}')
    pair = PreferencePair.model_validate_json(f'{{"tools":[],"prompt":[],{body[1:]}')
    return pair.model_copy(update={"prompt": tuple(json.loads(history)[:length])})


def to_unpaired_row(row: UnpairedRow, texts: Texts) -> tuple[object, ...]:
    """The columns of an unpaired row, its shared parts kept."""
    heads, rest = part(row.prompt)
    body = row.model_copy(update={"prompt": rest}).model_dump_json(exclude={"tools"})
    where = (row.problem_id, row.family, row.label, row.trace)
    return (*where, texts.keep_schemas(row.tools), texts.keep(heads), body)


def to_unpaired(body: str, tools: int, head: str, texts: Texts) -> UnpairedRow:
    """The unpaired row of a stored one."""
    row = UnpairedRow.model_validate_json(f'{{"tools":[],{body[1:]}')
    prompt = (*texts.messages(head), *row.prompt)
    return row.model_copy(update={"tools": texts.schemas(tools), "prompt": prompt})


def _chunks(pairs: Iterator[PreferencePair]) -> Iterator[list[PreferencePair]]:
    chunk: list[PreferencePair] = []
    for pair in pairs:
        chunk.append(pair)
        if len(chunk) == _TOGETHER:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _longest(prompts: Iterable[tuple[Message, ...]]) -> list[tuple[Message, ...]]:
    """The prompts of which no other is a longer form."""
    kept: list[tuple[Message, ...]] = []
    for prompt in sorted(prompts, key=len, reverse=True):
        if not any(_begins(known, prompt) for known in kept):
            kept.append(prompt)
    return kept


def _begins(whole: Sequence[Message], start: Sequence[Message]) -> bool:
    """Whether `whole` begins with `start`, to the letter: equal values may be written otherwise."""
    return len(start) <= len(whole) and all(
        one is other or (one == other and _json(one) == _json(other))
        for one, other in zip(whole, start, strict=False)
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
