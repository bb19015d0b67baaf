"""A preference dataset from what large models wrote: Logic-LM's programs, ToRA's Python, prose.

Imports every recorded output in a folder that is not part of the project (COROLLARY_DATA, else
../shared/data), grades it, builds pairs and exports them: for each set and model how many outputs
were imported, refused, right, wrong and undecided; pairs by kind; how long each stage takes. The
problems are development and test problems, so the one part of the export is named EVALUATION, and
what decontamination against these very problems would leave for training is counted: it must be 0.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figure import Figure
from corollary_datagen.exports.export import export_dataset
from corollary_datagen.exports.manifest import build_manifest
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.imports.counts import Import
from corollary_datagen.imports.importing import ImportSettings, import_files
from corollary_datagen.imports.index import recorded_files
from corollary_datagen.pairs import PairSettings, build_pairs
from corollary_datagen.sources import decontaminate
from corollary_datagen.store import Store, open_store
from corollary_tools.toolkit import Toolkit, load_toolkit

SHORT = False
EVALUATION = "evaluation"
_HERE = Path(__file__).resolve().parents[1]
_SETS = ("logic_llm", "tora", "zeroeval")
_JUDGED = {"CORRECT": "right", "INCORRECT": "wrong", "UNDECIDED": "undecided"}


def run() -> Iterator[Figure]:
    """Yield the counts and times of a whole dataset."""
    data = Path(os.environ.get("COROLLARY_DATA", _HERE.parent / "shared" / "data"))
    folders = [data / "recorded" / name for name in _SETS]
    there = [folder for folder in folders if folder.is_dir()]
    if not there:
        print(f"no recorded outputs in {data / 'recorded'}", file=sys.stderr)
        return
    files = [file for folder in there for file in recorded_files(folder)]
    with (
        TemporaryDirectory() as made,
        load_toolkit("all") as toolkit,
        open_store(Path(made) / "run") as store,
    ):
        yield from _imported(store, toolkit, files, data)
        yield from _paired(store, toolkit, Path(made) / "dataset")


def _imported(store: Store, toolkit: Toolkit, files: list[Path], data: Path) -> Iterator[Figure]:
    began = perf_counter()
    settings = ImportSettings(data=data)
    result = import_files(store, files, toolkit, settings=settings, on_progress=_tell)
    total = result.total
    yield _time("import", began, total.imported)
    began = perf_counter()
    graded = grade_all(store, toolkit.workers)
    yield _time("grade", began, graded)
    verdicts = Counter(
        (row.trace.model, _JUDGED[row.verdict.judgement])
        for row in store.graded()
        if row.verdict is not None
    )
    yield from _counts(result, verdicts)
    for reason, count in result.reasons.most_common():
        yield _count(f"refused: {reason}", count, total.imported + total.refused)


def _counts(result: Import, verdicts: Counter[tuple[str, str]]) -> Iterator[Figure]:
    for (origin, model), counts in sorted(result.counts.items()):
        rows = counts.imported + counts.refused + counts.kept
        spec = f"recorded:{model}@{origin}"
        yield _count(f"{origin} {model}: imported", counts.imported, rows)
        for word in _JUDGED.values():
            yield _count(f"{origin} {model}: {word}", verdicts[spec, word], rows)
        yield _count(f"{origin} {model}: refused", counts.refused, rows)


def _paired(store: Store, toolkit: Toolkit, folder: Path) -> Iterator[Figure]:
    began = perf_counter()
    skipped: Counter[str] = Counter()
    settings = PairSettings()
    pairs = list(
        build_pairs(store, settings, toolkit=toolkit, on_skip=lambda why: skipped.update({why: 1}))
    )
    yield _time("pair", began, len(pairs))
    for kind, count in sorted(Counter(pair.kind for pair in pairs).items()):
        yield _count(f"pairs: {kind}", count, len(pairs))
    for source, count in sorted(Counter(pair.problem_id.split("/")[0] for pair in pairs).items()):
        yield _count(f"pairs: on {source}", count, len(pairs))
    for reason, count in skipped.most_common():
        yield _count(f"left out: {reason}", count, len(pairs) + skipped.total())
    problems = list(store.problems())
    kept, _ = decontaminate(problems, problems)
    yield _count("problems that may be trained on", len(kept), len(problems), goal=0)
    began = perf_counter()
    parts = {EVALUATION: pairs}
    manifest = build_manifest(store, parts, settings, toolkit="all", skipped=dict(skipped))
    export_dataset(parts, folder, manifest)
    yield _time("export", began, len(pairs))
    card = (folder / "README.md").read_text("utf-8").split("## Do not evaluate on these")
    splits = {(problem.source, problem.split) for problem in problems}
    missing = [f"{source} ({split})" not in card[-1] for source, split in sorted(splits)]
    yield _count("splits that the card does not warn of", sum(missing), len(splits), goal=0)


def _tell(so_far: Import) -> None:
    total = so_far.total
    print(f"  {total.imported} imported, {total.refused} refused", end="\r", file=sys.stderr)


def _count(name: str, value: int, n: int, *, goal: float | None = None) -> Figure:
    return Figure(name, value, "", goal, "lower", n, value, value)


def _time(stage: str, began: float, n: int) -> Figure:
    seconds = perf_counter() - began
    return Figure(f"time: {stage}", seconds, "s", None, "lower", n, seconds, seconds)
