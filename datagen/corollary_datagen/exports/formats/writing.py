"""Writing a format: one JSON-lines file a split, the trainer's settings and how it reads them.

    FOLDER/train.jsonl   one row a line
    FOLDER/README.md     how the trainer reads it, and what was left out and why
    FOLDER/...           the files that the trainer asks for

Guarantees one pass over the rows in bounded memory, and that a folder is put in place whole. A
format that can say none of the rows is refused by name, with the reasons, and leaves nothing.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corollary_datagen.exports.formats.format import Format, Source
from corollary_tools.errors import CorollaryError


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the rows. refused: how many were left out, by reason."""

    format: str
    folder: Path
    rows: int
    refused: Mapping[str, int] = field(default_factory=dict)


def write_format(form: Format, parts: Mapping[str, Iterable[Source]], folder: Path) -> Written:
    """Write the rows of each split. Raises CorollaryError where the format can say none of them."""
    refused: Counter[str] = Counter()
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        counts = {
            split: _write_part(form, rows, fresh / f"{split}.jsonl", refused)
            for split, rows in parts.items()
        }
        if not any(counts.values()):
            raise _refused(form, refused)
        _finish(form, fresh, counts, refused)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Written(form.name, folder, sum(counts.values()), dict(refused.most_common()))


def _write_part(form: Format, rows: Iterable[Source], path: Path, refused: Counter[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        for source in rows:
            reason = form.refusal(source)
            if reason is not None:
                refused[reason] += 1
                continue
            file.write(json.dumps(form.make(source), ensure_ascii=False) + "\n")
            count += 1
    return count


def _finish(form: Format, folder: Path, counts: Mapping[str, int], refused: Counter[str]) -> None:
    files = {split: f"{split}.jsonl" for split, count in counts.items() if count}
    for split in counts.keys() - files.keys():
        (folder / f"{split}.jsonl").unlink()
    for name, text in form.settings(files).items():
        (folder / name).write_text(text, encoding="utf-8")
    readme = _readme(form, files, counts, refused)
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _readme(
    form: Format, files: Mapping[str, str], counts: Mapping[str, int], refused: Counter[str]
) -> str:
    rows = "\n".join(f"- `{name}`: {counts[split]} rows" for split, name in files.items())
    left = "\n".join(f"- {count}: {reason}" for reason, count in refused.most_common())
    told = f"\n## Left out\n\n{left}\n" if left else ""
    return f"# Rows for {form.trainer}\n\n{rows}\n\n{form.usage(files)}\n{told}"


def _refused(form: Format, refused: Counter[str]) -> CorollaryError:
    if not refused:
        return CorollaryError(
            f"there is nothing to write for {form.name}",
            because=f"it takes {form.takes} rows, and there are none",
            remedy="--unpaired" if form.takes == "unpaired" else "more samples a problem",
            exit_code=3,
        )
    reasons = "; ".join(f"{count} rows: {reason}" for reason, count in refused.most_common(3))
    return CorollaryError(
        f"{form.name} cannot say any of these rows",
        because=reasons,
        remedy=_remedy(form),
        exit_code=3,
    )


def _remedy(form: Format) -> str:
    if form.name == "axolotl":
        return "pairs with --form text, in which calls are words; or --format ms-swift or trl"
    return "--format ms-swift or trl, which take the most; or pairs with --kind step"
