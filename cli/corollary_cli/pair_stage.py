"""Building the pairs of a run: into the store, into a dataset, and counted on the way.

Guarantees one pass in bounded memory: pairs go by and are never held together. A dry run writes
nothing. Decides nothing about pairs (`corollary_datagen.pairs.building` does).
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_cli.apart import drop_alike
from corollary_cli.console import Output
from corollary_cli.progress import Meter, metered
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.pair import PreferencePair
    from corollary_datagen.pairs.settings import PairSettings
    from corollary_datagen.sources.apart import Apart
    from corollary_datagen.store import Store
    from corollary_datagen.unpaired import UnpairedRow
    from corollary_datagen.verdict import Graded
    from corollary_tools.toolkit import Toolkit

SHOWN = 12
"""Rows of a table before the rest stands together."""


@dataclass(frozen=True, slots=True)
class PairPlan:
    """What to build and where to. held_out: the share of families kept for validation.

    apart: evaluation sets that the problems must not be like; data: their folder.
    """

    run_dir: Path
    settings: PairSettings
    toolkit: str
    unpaired: bool = False
    folder: Path | None = None
    held_out: float = 0.0
    apart: tuple[str, ...] = ()
    data: Path | None = None
    dry_run: bool = False


@dataclass(slots=True)
class Tally:
    """Counts of what went by. left_out: possible pairs by reason; apart: problems dropped first."""

    kinds: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    rows_left_out: Counter[str] = field(default_factory=Counter)
    splits: dict[str, int] = field(default_factory=dict)
    apart: Apart | None = None

    def pairs(self, pairs: Iterable[PreferencePair]) -> Iterator[PreferencePair]:
        """The same pairs, counted."""
        for pair in pairs:
            self.kinds[pair.kind] += 1
            self.mistakes[pair.error_kind] += 1
            self.families[pair.family.partition(":")[0]] += 1
            yield pair

    def rows(self, rows: Iterable[UnpairedRow]) -> Iterator[UnpairedRow]:
        """The same unpaired rows, counted."""
        for row in rows:
            self.labels["right" if row.label else "wrong"] += 1
            yield row

    def body(self) -> dict[str, Any]:
        """What --json says."""
        return {
            "pairs": self.kinds.total(),
            "kinds": self.kinds,
            "mistakes": self.mistakes,
            "families": self.families,
            "left_out": self.left_out,
            "unpaired": self.labels,
            "unpaired_left_out": self.rows_left_out,
            "splits": self.splits,
            "decontamination": self.apart and self.apart.report.model_dump(mode="json"),
        }


def run_pairs(plan: PairPlan, output: Output) -> Tally:
    """Build, store and export; raise CorollaryError where the run has nothing to make pairs of."""
    from corollary_datagen.store import open_store
    from corollary_tools.toolkit import load_toolkit

    tally = Tally()
    write = not plan.dry_run
    with open_store(plan.run_dir, write=write) as store, load_toolkit(plan.toolkit) as kit:
        counts = store.counts()
        _check(plan.run_dir, counts)
        _check_models(plan, store.models())
        tally.apart = drop_alike(store.problems(), plan.apart, plan.data, output)
        _pair(plan, store, kit, tally=tally, total=counts["traces"], output=output)
        if plan.folder is not None and write:
            _export(plan, store, tally)
    return tally


def show_tally(tally: Tally, output: Output) -> None:
    """Print the tables, and on stderr what was left out."""
    output.table(("kind", "pairs"), [*tally.kinds.items(), ("all", tally.kinds.total())])
    for name, counts in (("mistake", tally.mistakes), ("family", tally.families)):
        if counts:
            output.note()
            output.table((name, "pairs"), _first(counts))
    if tally.labels or tally.rows_left_out:
        output.note()
        output.table(("unpaired", "rows"), [*tally.labels.items(), ("all", tally.labels.total())])
    for reason, count in tally.left_out.most_common():
        output.note(f"left out {count}: {reason}")
    for reason, count in tally.rows_left_out.most_common():
        output.note(f"left out {count} unpaired: {reason}")


def _pair(
    plan: PairPlan, store: Store, kit: Toolkit, *, tally: Tally, total: int, output: Output
) -> None:
    from corollary_datagen.pairs import build_pairs
    from corollary_datagen.pairs.agreement import build_unpaired
    from corollary_datagen.pairs.beside import Beside

    folder = None if plan.dry_run else plan.run_dir
    without = tally.apart.dropped if tally.apart else {}
    with metered(output, "pairs", total) as meter:
        pairs = build_pairs(
            _counted(store.graded(), meter, without),
            plan.settings,
            toolkit=kit,
            on_skip=lambda reason: tally.left_out.update([reason]),
            folder=folder,
            beside=Beside(store, without),
        )
    rows: Iterator[UnpairedRow] = iter(())
    if plan.unpaired:
        with metered(output, "unpaired rows", total) as meter:
            rows = build_unpaired(
                _counted(store.graded(), meter, without),
                plan.settings,
                toolkit=kit,
                on_skip=lambda reason: tally.rows_left_out.update([reason]),
                folder=folder,
            )
    if plan.dry_run:
        for _ in tally.pairs(pairs):
            pass
        for _ in tally.rows(rows):
            pass
        return
    store.replace_pairs(tally.pairs(pairs))
    store.replace_unpaired(tally.rows(rows))


def _counted(graded: Iterable[Graded], meter: Meter, without: Container[str]) -> Iterator[Graded]:
    """The same traces, but for those of problems that take no part."""
    for number, row in enumerate(graded, start=1):
        meter.advance(number)
        if row.problem.id not in without:
            yield row


def _export(plan: PairPlan, store: Store, tally: Tally) -> None:
    from corollary_datagen.exports.export import export_dataset
    from corollary_datagen.exports.manifest import Census
    from corollary_datagen.exports.split import split_pairs

    assert plan.folder is not None
    census = Census(store)
    training, held_out = split_pairs(store, share=plan.held_out, seed=plan.settings.seed)
    parts: dict[str, Iterable[PreferencePair]] = {"train": training}
    if plan.held_out:
        parts["validation"] = held_out
    manifest = export_dataset(
        census.watched(parts),
        plan.folder,
        lambda: census.manifest(
            plan.settings,
            toolkit=plan.toolkit,
            skipped=tally.left_out,
            decontamination=tally.apart.report if tally.apart else None,
        ),
    )
    tally.splits.update(manifest.parts)


def _check(run_dir: Path, counts: dict[str, int]) -> None:
    if counts["CORRECT"] + counts["INCORRECT"] + counts["pairs"] == 0:
        raise CorollaryError(
            f"{run_dir} has nothing to make pairs of",
            because=f"of its {counts['traces']} traces none is judged correct or incorrect",
            remedy=f"corollary grade {run_dir}",
        )


def _check_models(plan: PairPlan, known: tuple[str, ...]) -> None:
    named = (*plan.settings.models, *filter(None, [plan.settings.teacher]))
    for name in named:
        if name not in known:
            raise CorollaryError(
                f"no trace in {plan.run_dir} is by {name!r}",
                because=f"they are by {'; '.join(known)}",
                remedy=f"--model {shlex.quote(known[0])}" if known else "corollary rollout --help",
            )


def _first(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most common, and the rest as one row."""
    rows = counts.most_common()
    rest = rows[SHOWN:]
    others = [(f"{len(rest)} others", sum(count for _, count in rest))] if rest else []
    return [*rows[:SHOWN], *others]
