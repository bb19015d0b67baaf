"""Unpaired rows from problems on which all judged traces agree: all right, or all wrong.

They are what pairs cannot use. Guarantees one prompt for all rows, nothing undecided, no twins, a
cap a problem and a balance between the two labels. A right chain that reads a statement otherwise
than most was right by luck and makes no row. Where a wrong chain's steps were judged, the row is
its first wrong step, after what came before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from pydantic import JsonValue

from corollary_agent.trace import Message
from corollary_datagen.chains.chain import Chain
from corollary_datagen.chains.contrast import build_contrast
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.pairs.admission import Admission
from corollary_datagen.pairs.building import by_problem, in_form, problem_prompt, shown_schemas
from corollary_datagen.pairs.closeness import is_silly
from corollary_datagen.pairs.mistakes import shows_mistake
from corollary_datagen.pairs.outcome_pairs import written
from corollary_datagen.pairs.problem_pairs import LUCKY
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.pairs.staging import StagedRow, Staging
from corollary_datagen.steps.judgements import first_wrong
from corollary_datagen.store.store import Store
from corollary_datagen.unpaired import UnpairedRow
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit

Skip = Callable[[str], None]
_Cut = tuple[tuple[Message, ...], tuple[Message, ...]]
_KIND = "unpaired"


def build_unpaired(
    source: Store | Iterable[Graded],
    settings: PairSettings,
    *,
    toolkit: Toolkit,
    on_skip: Skip | None = None,
    folder: Path | None = None,
) -> Iterator[UnpairedRow]:
    """Build the unpaired rows of a store, or of graded traces that come problem by problem.

    Read as `build_pairs` is. on_skip: told the reason for each possible row that was left out.
    """
    skip = on_skip or _ignore
    staging = Staging(folder or (source.run_dir if isinstance(source, Store) else None))
    try:
        staging.add(_staged(_Agreement(settings, toolkit, skip), source))
        if settings.label_balance is not None:
            dropped = staging.limit("error_kind", settings.label_balance, _KIND)
            for label, count in dropped.items():
                for _ in range(count):
                    skip(f"over the quota of a label: {label}")
    except BaseException:
        staging.close()
        raise
    return _read(staging, shown_schemas(toolkit, settings.prompt))


class _Agreement:
    """What building the rows of problems needs throughout."""

    def __init__(self, settings: PairSettings, toolkit: Toolkit, skip: Skip) -> None:
        self.settings = settings
        self.toolkit = toolkit
        self._skip = skip
        self._admission = Admission(settings, toolkit, _ignore)
        self._meanings = Meanings(toolkit.workers)

    def rows(self, graded: Sequence[Graded]) -> Iterator[tuple[str, UnpairedRow]]:
        """The rows of one problem with their ranks: the silly chains last, then by lot."""
        used = [row for row in graded if self._admission.admits(row)]
        if len({row.verdict.judgement for row in used if row.verdict}) != 1:
            return
        prompt = problem_prompt(used[0].problem, self.toolkit, self.settings.prompt)
        teacher = self.settings.teacher
        contrast = build_contrast(used, self._meanings, prompt=prompt, teacher=teacher)
        for _ in range(contrast.lucky):
            self._skip(LUCKY)
        label = bool(contrast.right)
        wrong = {
            row.trace.id: first_wrong(row.verdict.step_judgements) for row in used if row.verdict
        }
        chains = contrast.right or self._shown(contrast.wrong, wrong)
        ranked = sorted(chains, key=lambda chain: (is_silly(chain), self._rank(chain)))
        cap = self.settings.unpaired_cap
        for _ in ranked[cap:]:
            self._skip(f"over the cap of {cap} unpaired rows a problem")
        for chain in chains:
            if chain in ranked[:cap]:
                step = None if label else wrong[chain.trace.id]
                row = self._row(used[0], chain, _cut(chain, prompt, step), label)
                yield self._rank(chain), row

    def _shown(self, chains: Iterable[Chain], wrong: Mapping[str, int | None]) -> tuple[Chain, ...]:
        """The wrong chains that hold what is wrong with them."""
        shown = tuple(chain for chain in chains if shows_mistake(chain, wrong[chain.trace.id]))
        for _ in range(len(tuple(chains)) - len(shown)):
            self._skip("the wrong chain was cut off before it shows what is wrong")
        return shown

    def _rank(self, chain: Chain) -> str:
        said = json.dumps([self.settings.seed, chain.trace.problem_id, chain.messages])
        return hashlib.sha256(said.encode()).hexdigest()

    def _row(self, graded: Graded, chain: Chain, cut: _Cut, label: bool) -> UnpairedRow:
        settings = self.settings.prompt
        return UnpairedRow(
            problem_id=graded.problem.id,
            family=graded.problem.family,
            tools=(),
            prompt=in_form(cut[0], settings),
            completion=in_form(cut[1], settings),
            label=label,
            trace=chain.trace.id,
        )


def _cut(chain: Chain, prompt: tuple[Message, ...], step: int | None) -> _Cut:
    """What stands before a row's completion, and the completion: the chain, or its wrong step."""
    if step is None or step >= len(chain.moves):
        return prompt, written(chain.messages)
    move = chain.moves[step]
    return (*prompt, *chain.messages[: move.position]), (move.message,)


def _staged(agreement: _Agreement, source: Store | Iterable[Graded]) -> Iterator[StagedRow]:
    for graded in by_problem(source):
        for rank, row in agreement.rows(graded):
            label = "right" if row.label else "wrong"
            yield StagedRow(kind=_KIND, rank=rank, body=row.model_dump_json(), error_kind=label)


def _read(staging: Staging, tools: tuple[dict[str, JsonValue], ...]) -> Iterator[UnpairedRow]:
    with closing(staging):
        for body in staging.bodies():
            yield UnpairedRow.model_validate_json(body).model_copy(update={"tools": tools})


def _ignore(reason: str) -> None:
    """What is told the reasons where nobody asks."""
