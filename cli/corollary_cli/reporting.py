"""A run folder as what a report shows: every record in it that can be found.

Guarantees that a run may be looked at before it has all its parts, and that a folder with none of
them is an error for people. Renders nothing (`report` does).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_cli.report.data import ReportData
    from corollary_training.evaluation import Evaluation

SIDES = {
    "teacher": ("teacher.json",),
    "before": ("before.json",),
    "after": ("after.json", "evaluation.json"),
}
MOST = 20_000
DECISION = "gate.json"
RESULT = "result.json"


def write_report(run_dir: Path, page: Path, *, limit: int = MOST) -> Path:
    """Write the page of a run, whole or not at all. Raises CorollaryError, OSError.

    limit: at most so many pairs and so many traces stand on the page.
    """
    from corollary_cli.report.page import build_report

    if page.is_dir() or not page.parent.is_dir():
        raise CorollaryError(
            f"cannot write the page to {page}",
            because="it is a folder" if page.is_dir() else f"there is no folder {page.parent}",
            remedy="-o FILE.html in a folder that is there",
        )
    text = build_report(collect(run_dir, limit=limit))
    fresh = page.with_name(f".{page.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8", errors="backslashreplace")
        fresh.replace(page)
    finally:
        fresh.unlink(missing_ok=True)
    return page


def collect(run_dir: Path, *, limit: int = MOST) -> ReportData:
    """Read what there is in a run folder. Raises CorollaryError where there is nothing."""
    from corollary_cli.report.data import ReportData
    from corollary_training.decision import Decision

    sides = {role: _evaluation(run_dir, names) for role, names in SIDES.items()}
    decision = Decision.load(run_dir / DECISION) if (run_dir / DECISION).is_file() else None
    stored = _stored(run_dir, limit)
    if not stored and decision is None and not any(sides.values()):
        raise CorollaryError(
            f"{run_dir} has nothing to report",
            because="there is no evaluation, no decision and no run.sqlite in it",
            remedy="the folder of a rollout, an evaluation or a loop",
        )
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    found: dict[str, Any] = {**sides, **stored, "decision": decision, "facts": _facts(run_dir)}
    return ReportData(title=run_dir.resolve().name, made=made, **found)


def _evaluation(run_dir: Path, names: tuple[str, ...]) -> Evaluation | None:
    from corollary_training.evaluation import Evaluation

    found = (run_dir / name for name in names if (run_dir / name).is_file())
    path = next(found, None)
    return Evaluation.load(path) if path else None


def _stored(run_dir: Path, limit: int) -> dict[str, Any]:
    """The first pairs and graded traces of the run's store, and how many there are."""
    from corollary_datagen.store import open_store

    if not (run_dir / "run.sqlite").is_file():
        return {}
    with open_store(run_dir, write=False) as store:
        counts = store.counts()
        return {
            "pairs": list(islice(store.pairs(), limit)),
            "traces": list(islice(store.graded(), limit)),
            "stored_pairs": counts["pairs"],
            "stored_traces": counts["traces"],
        }


def _facts(run_dir: Path) -> dict[str, str]:
    """The plain values of result.json, one level deep."""
    path = run_dir / RESULT
    if not path.is_file():
        return {}
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CorollaryError(
            f"{path} is not JSON", because=str(error), remedy="run the loop again"
        ) from None
    return dict(_flat(result))


def _flat(values: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{path}{name} ")
        elif not isinstance(value, list):
            rows.append((f"{path}{name}", str(value)))
    return rows
