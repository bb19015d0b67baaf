"""The card of a student: what it was trained on and how, for people and as a manifest.

    CHECKPOINT/README.md        for people, with the header that the Hub reads
    CHECKPOINT/manifest.json    the same figures, as `Teaching`

Guarantees that everything on the card comes from the training and its run, and that a rule-based
teacher is called one. Measures nothing: what a student can do, `corollary evaluate` says.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corollary_datagen.exports.licences import licence_warnings
from corollary_datagen.exports.manifest import SourcePart
from corollary_datagen.grading.error_rate import measured_by_persons
from corollary_datagen.pair import PreferencePair
from corollary_datagen.stand_in import is_stand_in
from corollary_datagen.store import Store
from corollary_datagen.unpaired import UnpairedRow
from corollary_training.dpo_settings import DpoSettings
from corollary_training.files import save_record

_PACKAGES = ("corollary", "torch", "transformers", "trl", "peft")
_METHODS = {
    "dpo": "preferring right steps and chains to wrong ones (DPO)",
    "kto": "single completions, right and wrong (KTO)",
    "sft": "right completions (supervised)",
}


class Teaching(BaseModel):
    """One training. kinds: rows by kind. models: sides or rows by who wrote them. flip_rate: the
    share of flipped pairs that persons measured, where they did. losses: those that were logged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    student: str
    rows: int
    kinds: dict[str, int]
    models: dict[str, int]
    sources: tuple[SourcePart, ...]
    graders: tuple[str, ...]
    flip_rate: float | None
    settings: DpoSettings
    losses: tuple[float, ...] = ()
    versions: dict[str, str]


def describe_training(
    store: Store,
    rows: Sequence[PreferencePair] | Sequence[UnpairedRow],
    settings: DpoSettings,
    *,
    student: str = "",
) -> Teaching:
    """Describe a training on rows of the run `store`."""
    measured = measured_by_persons(store)
    problems = {row.problem_id for row in rows}
    places = Counter(
        (place.source, place.split, place.licence) for p in problems if (place := store.place(p))
    )
    writers = Counter(
        origin.model for row in rows for trace in _traces(row) if (origin := store.origin(trace))
    )
    return Teaching(
        student=student,
        rows=len(rows),
        kinds=dict(sorted(Counter(map(_kind, rows)).items())),
        models=dict(sorted(writers.items())),
        sources=tuple(
            SourcePart(source=source, split=split, licence=licence, problems=count)
            for (source, split, licence), count in sorted(places.items())
        ),
        graders=store.graders(),
        flip_rate=measured.flip_rate if measured else None,
        settings=settings,
        versions=_versions(),
    )


def write_card(teaching: Teaching, folder: Path) -> None:
    """Write README.md and manifest.json beside the weights."""
    save_record(teaching, folder / "manifest.json")
    (folder / "README.md").write_text(render_student_card(teaching), encoding="utf-8")


def render_student_card(teaching: Teaching) -> str:
    """Return the README.md of a student."""
    return "\n".join((*_header(), *_data(teaching), *_course(teaching), *_limits(teaching), ""))


def _header() -> Iterator[str]:
    yield from ("---", "library_name: transformers", "pipeline_tag: text-generation")
    yield from ("tags:", "- trl", "- tool-calling", "- reasoning", "---", "")
    yield from ("# A student that solves problems with symbolic tools", "")
    yield "It calls tools of sympy and z3 one step at a time, in the graph of `corollary`:"
    yield from ("", "```sh", "corollary solve -m local:PATH 'What is 2 + 2?'", "```", "")


def _data(teaching: Teaching) -> Iterator[str]:
    yield from ("## Data", "", "| rows | number |", "|---|---|")
    yield from (_line(kind, count) for kind, count in teaching.kinds.items())
    yield from ("", "| written by | sides |", "|---|---|")
    for model, count in teaching.models.items():
        yield _line(f"{model}, not a language model" if is_stand_in(model) else model, count)
    yield from ("", "| problems from | split | licence | number |", "|---|---|---|---|")
    for part in teaching.sources:
        yield _line(part.source, part.split, part.licence, part.problems)
    licences = [(part.source, part.licence) for part in teaching.sources]
    flips = "not measured" if teaching.flip_rate is None else f"{teaching.flip_rate:.2%}"
    yield from ("", f"Graders: {', '.join(teaching.graders) or 'none'}.")
    yield f"Share of flipped pairs, by blind judgements of persons: {flips}."
    yield from (f"\n- {told}" for told in licence_warnings(licences))
    yield ""


def _course(teaching: Teaching) -> Iterator[str]:
    told = _METHODS[teaching.settings.method]
    yield from ("## Training", "", f"Began as `{teaching.student}`; trained on {told}.", "")
    yield from ("| setting | value |", "|---|---|")
    yield from (_line(name, value) for name, value in teaching.settings.model_dump().items())
    yield from (_line(name, value) for name, value in teaching.versions.items())
    if teaching.losses:
        yield from ("", f"Loss: {teaching.losses[0]:.4f} at first, {teaching.losses[-1]:.4f} last.")


def _limits(teaching: Teaching) -> Iterator[str]:
    yield from ("", "## Limits", "")
    yield "Nothing here says how well it solves problems: `corollary evaluate` measures that, and"
    yield "`corollary gate` says whether it may take its teacher's place. It learned the tools and"
    yield "the prompt of the data above and no others; what it writes is checked by the tools that"
    yield "it calls, and is not right by itself."


def _line(*cells: object) -> str:
    told = (" ".join(str(cell).split()).replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(told)} |"


def _kind(row: PreferencePair | UnpairedRow) -> str:
    if isinstance(row, PreferencePair):
        return f"{row.kind} pairs"
    return "right completions" if row.label else "wrong completions"


def _traces(row: PreferencePair | UnpairedRow) -> tuple[str, ...]:
    if isinstance(row, PreferencePair):
        return (row.chosen_trace, row.rejected_trace)
    return (row.trace,)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
