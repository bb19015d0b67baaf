"""The dataset card: what a person who finds an exported dataset wants to know, as Markdown.

Guarantees that everything in it comes from the manifest, that models which are stand-ins are called
so, and that no text of the manifest breaks its tables. The columns and words that do not depend on
the dataset are in `card_words`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from corollary_datagen.exports.card_words import COLUMNS, EVALUATION, INTRODUCTION, PROVIDERS, USE
from corollary_datagen.exports.licences import hub_licences, licence_warnings
from corollary_datagen.exports.manifest import Manifest
from corollary_datagen.stand_in import is_stand_in

_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_NAMES = ("1K", "10K", "100K", "1M", "10M")
_HOSTED = ("openai:", "anthropic:", "google", "azure")
Row = Sequence[object]


def render_card(manifest: Manifest) -> str:
    """Return the README.md of a dataset."""
    return "\n".join([*_header(manifest), *_body(manifest), ""])


def _header(manifest: Manifest) -> Iterator[str]:
    """The YAML that the Hub and `load_dataset` read."""
    rows = sum(manifest.parts.values())
    yield from ("---", "pretty_name: Preference pairs of an agent with symbolic tools")
    yield from ("language:", "- en")
    yield from ("license:", *(f"- {name}" for name in _licences(manifest)))
    yield from ("task_categories:", "- text-generation")
    yield from ("size_categories:", f"- {_size(rows)}")
    yield from ("tags:", "- preference", "- dpo", "- trl", "- tool-calling", "- reasoning")
    yield from ("configs:", "- config_name: default", "  data_files:")
    for name, count in manifest.parts.items():
        if count:
            yield f"  - split: {name}"
            yield f"    path: data/{name}.parquet"
    yield "---"


def _licences(manifest: Manifest) -> tuple[str, ...]:
    return hub_licences(part.licence for part in manifest.sources) or ("unknown",)


def _size(rows: int) -> str:
    for index, (size, name) in enumerate(zip(_SIZES, _NAMES, strict=True)):
        if rows < size:
            return f"{_NAMES[index - 1]}<n<{name}" if index else f"n<{name}"
    return f"n>{_NAMES[-1]}"


def _body(manifest: Manifest) -> Iterator[str]:
    yield INTRODUCTION
    if any(maker.stand_in for maker in manifest.models):
        yield from ("", *_stand_in(manifest))
    yield from ("", USE)
    for title, head, rows in _tables(manifest):
        if rows:
            yield from ("", f"## {title}", "", *_table(head, rows))
    for title, sentences in _warnings(manifest):
        if sentences:
            yield from ("", f"## {title}", "", *(f"- {_plain(told)}" for told in sentences))
    yield from ("", *_reproduce(manifest))


def _stand_in(manifest: Manifest) -> Iterator[str]:
    sides = sum(maker.chosen + maker.rejected for maker in manifest.models if maker.stand_in)
    whole = sum(maker.chosen + maker.rejected for maker in manifest.models)
    yield f"**{sides} of its {whole} sides were made by a rule-based stand-in for a large language"
    yield "model**, `expert`, which makes seeded mistakes. They say nothing of how a real large"
    yield "model behaves."


def _tables(manifest: Manifest) -> Iterator[tuple[str, Sequence[str], Sequence[Row]]]:
    told = manifest.model_dump(mode="json")
    yield "Rows", ("split", "rows"), [*manifest.parts.items()]
    yield "Kinds", ("kind", "rows"), [*manifest.kinds.items()]
    yield "Mistakes", ("what the rejected side did", "rows"), _listed(told.get("error_kinds"))
    yield (
        "Models",
        ("model", "what it is", "chosen sides", "rejected sides"),
        [(m.model, _nature(m.model, m.stand_in), m.chosen, m.rejected) for m in manifest.models],
    )
    yield (
        "Problems",
        ("source", "split", "licence", "problems"),
        [(s.source, s.split, s.licence, s.problems) for s in manifest.sources],
    )
    runners = [(m, _nature(m, is_stand_in(m))) for m in manifest.continued_by]
    yield "Models that went on from states", ("model", "what it is"), runners
    yield "Columns", ("column", "what it holds"), COLUMNS
    measured = manifest.error_rate.told if manifest.error_rate else ()
    yield "Errors of the grader", ("what", "measured"), measured
    yield "Decontamination", ("what", "found"), _listed(told.get("decontamination"))
    yield "Left out", ("reason", "possible rows"), [*manifest.skipped.items()]
    graders = [("grader", grader) for grader in manifest.graders]
    yield "Versions", ("what", "version"), [*graders, *manifest.versions.items()]


def _listed(found: Any) -> list[Row]:
    """An optional part of the manifest as rows; nothing where it is not there."""
    if not isinstance(found, Mapping):
        return []
    return [(name, _shown(value)) for name, value in found.items() if value is not None]


def _shown(value: Any) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _nature(model: str, stand_in: bool) -> str:
    if stand_in:
        return "rule-based stand-in"
    return "language model, recorded" if model.startswith("recorded:") else "language model"


def _warnings(manifest: Manifest) -> Iterator[tuple[str, Sequence[str]]]:
    parts = [(part.source, part.licence) for part in manifest.sources]
    models = (*(maker.model for maker in manifest.models), *manifest.continued_by)
    hosted = sorted({model for model in models if model.startswith(_HOSTED)})
    told = [*licence_warnings(parts), *([PROVIDERS.format(", ".join(hosted))] if hosted else [])]
    yield "What you may do with it", told
    held = [f"{s.source} ({s.split})" for s in manifest.sources if s.split != "train"]
    yield "Do not evaluate on these", [EVALUATION.format(", ".join(held))] if held else []


def _reproduce(manifest: Manifest) -> Iterator[str]:
    settings, prompt = manifest.settings, manifest.settings.prompt
    kinds = "".join(f" --kind {kind}" for kind in settings.kinds)
    form = f"--style {prompt.style} --form {prompt.form} --reading {prompt.reading}"
    yield from ("## Making it again", "", "```bash")
    yield "# for each model and each source above; manifest.json has the settings of each rollout"
    found = manifest.decontamination
    sets = (_plain(shlex.quote(name)) for name in found.compared_with) if found else ()
    apart = "".join(f" --apart-from {name}" for name in sets)
    yield f"corollary rollout --model MODEL --source SOURCE --toolkit {manifest.toolkit} -o RUN"
    yield "corollary grade RUN"
    yield f"corollary pairs RUN{kinds} {form}{apart} \\"
    yield f"  --seed {settings.seed} --toolkit {manifest.toolkit} --export DIR"
    yield from ("```", "", "`manifest.json` holds every setting and the SHA-256 of each file.")


def _table(head: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row(row)


def _row(cells: Row) -> str:
    return f"| {' | '.join(_plain(str(cell)) for cell in cells)} |"


def _plain(text: str) -> str:
    """A text of the manifest on one line, without signs that Markdown or HTML would read."""
    line = " ".join(text.split()).replace("|", "/")
    return line.replace("<", "&lt;").replace("`", "'")
