"""An import as the command describes it, and what is said of it afterwards.

Guarantees counts for each set and model, every reason for a refusal with one place where it
happened, and an error where not one row could be used. Reads no format itself
(`corollary_datagen.imports` does).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_cli.console import Output
from corollary_cli.progress import metered
from corollary_cli.runs import run_folder
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.imports.counts import Counts, Import
    from corollary_datagen.imports.importing import ImportSettings

_REASONS = 12
_HEAD = ("set", "model", "imported", "kept", "right", "wrong", "undecided", "refused")
_JUDGED = ("CORRECT", "INCORRECT", "UNDECIDED")


@dataclass(slots=True)
class Plan:
    """What is imported, and where to. verdicts: of the stored traces, by model and judgement."""

    paths: tuple[Path, ...]
    settings: ImportSettings
    run_dir: Path | None
    toolkit: str
    grade: bool
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    dry: bool = False

    @property
    def folder(self) -> Path:
        """The folder of the run; by default one for these paths."""
        if self.run_dir is not None:
            return self.run_dir
        names = [str(path.resolve()) for path in self.paths]
        matched = [self.settings.source, self.settings.split, str(self.settings.data)]
        fixed = {"paths": names, "matched": matched, "toolkit": self.toolkit}
        return run_folder("import", self.paths[0].stem, fixed)

    def look(self) -> Import:
        """Read everything and keep nothing."""
        from corollary_datagen.imports.importing import read_files

        self.dry = True
        return read_files(self._files(), self.settings)

    def run(self, output: Output) -> Import:
        """Import and grade, with progress on stderr."""
        from corollary_datagen.imports.importing import import_files
        from corollary_datagen.store import open_store
        from corollary_tools.toolkit import load_toolkit

        files = self._files()
        with open_store(self.folder) as store, load_toolkit(self.toolkit) as toolkit:
            with metered(output, "import") as meter:

                def tell(so_far: Import) -> None:
                    total = so_far.total
                    meter.facts["refused"] = str(total.refused)
                    meter.advance(total.imported + total.kept + total.refused)

                result = import_files(
                    store, files, toolkit, settings=self.settings, on_progress=tell
                )
            if self.grade:
                self._judge(store, toolkit.workers, output)
        return result

    def _files(self) -> list[Path]:
        from corollary_datagen.imports.index import detect_format, recorded_files

        files = [file for path in self.paths for file in recorded_files(path)]
        for file in files:
            if self.settings.format is None:
                detect_format(file)
        return files

    def _judge(self, store: Any, workers: Any, output: Output) -> None:
        from corollary_datagen.grading.judging import grade_all

        seen = 0
        with metered(output, "grade", store.counts()["traces"]) as meter:

            def tell(_: object) -> None:
                nonlocal seen
                seen += 1
                meter.advance(seen)

            grade_all(store, workers, on_progress=tell)
        for graded in store.graded():
            if graded.verdict is not None:
                self.verdicts[graded.trace.model, graded.verdict.judgement] += 1
                if graded.verdict.judgement == "UNDECIDED":
                    self.undecided[graded.verdict.reason.split(":")[0]] += 1


def show_import(plan: Plan, result: Import, output: Output, *, as_json: bool) -> int:
    """Print what an import came to; the exit code. Raises CorollaryError where nothing was used."""
    total = result.total
    if total.imported + total.kept == 0:
        raise _nothing(plan, result)
    if as_json:
        output.json("corollary.import/1", _body(plan, result))
    else:
        _print(plan, result, output)
    if plan.dry:
        output.note("nothing was written")
    else:
        output.next_step(f"corollary {'pairs' if plan.grade else 'grade'} {plan.folder}")
    return 0


def _print(plan: Plan, result: Import, output: Output) -> None:
    rows = [_row(plan, names, counts) for names, counts in sorted(result.counts.items())]
    output.table(_head(plan), rows)
    total = result.total
    where = f" into {plan.folder}, {total.kept} kept from before"
    done = "can be read" if plan.dry else f"imported{where}"
    output.note(f"{total.imported} {done}, {total.refused} refused")
    for reason, count in result.reasons.most_common(_REASONS):
        output.note(f"  {count} refused: {reason} ({_short(result.examples[reason])})")
    if len(result.reasons) > _REASONS:
        output.note(f"  and {len(result.reasons) - _REASONS} other reasons (--json has all)")
    for reason, count in plan.undecided.most_common(4):
        output.note(f"  {count} undecided: {reason}")
    _print_remarks(result, total, output)


def _print_remarks(result: Import, total: Counts, output: Output) -> None:
    if total.different:
        example = _short(result.differences[0])
        output.note(f"  {total.different} got other results than the tools give now ({example})")
    if total.foreign:
        output.note(f"  {total.foreign} call tools that are not ours: kept as recorded, no pairs")
    if result.without_gold:
        output.note(f"  {result.without_gold} are on problems without a known answer (--source)")


def _head(plan: Plan) -> tuple[str, ...]:
    if plan.dry:
        return (*_HEAD[:2], "readable", _HEAD[-1])
    return _HEAD if plan.grade else (*_HEAD[:4], _HEAD[-1])


def _row(plan: Plan, names: tuple[str, str], counts: Counts) -> tuple[object, ...]:
    origin, model = names
    spec = f"recorded:{model}@{origin}"
    judged = [plan.verdicts[spec, judgement] for judgement in _JUDGED] if plan.grade else []
    middle = [] if plan.dry else [counts.kept, *judged]
    return (origin, model, counts.imported, *middle, counts.refused)


def _body(plan: Plan, result: Import) -> dict[str, Any]:
    names = ("imported", "kept", "right", "wrong", "undecided", "refused")
    rows = []
    for (origin, model), counts in sorted(result.counts.items()):
        judged = [plan.verdicts[f"recorded:{model}@{origin}", one] for one in _JUDGED]
        values = (counts.imported, counts.kept, *judged, counts.refused)
        row = dict(zip(names, values, strict=True))
        extra = {"different": counts.different, "foreign": counts.foreign}
        rows.append({"set": origin, "model": model, **row, **extra})
    reasons = [
        {"reason": reason, "count": count, "example": result.examples[reason]}
        for reason, count in result.reasons.most_common()
    ]
    return {
        "run": None if plan.dry else str(plan.folder),
        "sets": rows,
        "refused": reasons,
        "undecided": dict(plan.undecided.most_common()),
        "different": result.differences[:100],
        "without_gold": result.without_gold,
    }


def _nothing(plan: Plan, result: Import) -> CorollaryError:
    from corollary_datagen.imports.importing import NO_PROBLEM

    return CorollaryError(
        f"nothing could be imported from {', '.join(map(str, plan.paths))}",
        because=_why(result),
        remedy=(
            "another --source or --split; without --source no problem is looked up"
            if result.reasons[NO_PROBLEM]
            else "--format NAME, or see docs/import.md for what the rows of each format hold"
        ),
    )


def _why(result: Import) -> str:
    """The first reason, where it happened, and how many rows have it."""
    if not result.reasons:
        return "the files hold no row"
    reason, count = result.reasons.most_common(1)[0]
    place, _, detail = result.examples[reason].partition(": ")
    others = result.total.refused - count
    parts = [
        f"{place}: {reason}" + (f" ({detail})" if detail else ""),
        f"{count - 1} more rows likewise" if count > 1 else "",
        f"{others} for other reasons" if others else "",
    ]
    return "; ".join(part for part in parts if part)


def _short(place: str) -> str:
    """The place without its folders."""
    head, _, rest = place.partition(": ")
    return f"{head.rsplit('/', 1)[-1]}: {rest}" if rest else head.rsplit("/", 1)[-1]
