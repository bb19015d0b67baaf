"""The dataset card: what a person who finds an exported dataset wants to know, as Markdown.

Guarantees that everything in it comes from the manifest. Says which models made the data, and that
the embedded expert is a rule-based stand-in where it took part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from corollary_datagen.manifest import Manifest

_USE = """```python
from datasets import load_dataset, load_from_disk

pairs = load_from_disk("disk")           # beside this file
pairs = load_dataset("parquet", data_files="data/train.parquet")
```"""


def render_card(manifest: Manifest) -> str:
    """Return the README.md of a dataset."""
    return "\n".join([*_header(manifest), *_body(manifest), ""])


def _header(manifest: Manifest) -> Iterator[str]:
    """The YAML that the Hub and `load_dataset` read."""
    yield "---"
    yield "configs:"
    yield "- config_name: default"
    yield "  data_files:"
    for name, rows in manifest.parts.items():
        if rows:
            yield f"  - split: {name}"
            yield f"    path: data/{name}.parquet"
    yield "tags:"
    yield from ("- preference", "- tool-calling", "- dpo", "- trl")
    yield "---"


def _body(manifest: Manifest) -> Iterator[str]:
    yield "# Preference pairs for an agent that solves problems with symbolic tools"
    yield ""
    yield "Each row has `prompt`, `chosen`, `rejected` and `tools` in TRL's conversational form:"
    yield "messages with tool calls whose arguments are objects, and the tools' JSON schemas. Tool"
    yield "results among the messages were written by solvers, not by a model: they must be masked"
    yield "out of a loss."
    yield ""
    yield _USE
    for title, head, rows in _tables(manifest):
        if rows:
            yield from ("", f"## {title}", "")
            yield from _table(head, rows)
    if any(maker.stand_in for maker in manifest.models):
        yield ""
        yield "`expert` is no language model: it is a rule-based stand-in for one, which makes"
        yield "seeded mistakes. Nothing here says how a real large model behaves."


def _tables(
    manifest: Manifest,
) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[object]]]]:
    yield "Rows", ("split", "rows"), [*manifest.parts.items()]
    yield "Kinds", ("kind", "rows"), [*manifest.kinds.items()]
    yield (
        "Models",
        ("model", "what it is", "chosen sides", "rejected sides"),
        [(m.model, _nature(m.stand_in), m.chosen, m.rejected) for m in manifest.models],
    )
    yield (
        "Problems",
        ("source", "split", "licence", "problems"),
        [(s.source, s.split, s.licence, s.problems) for s in manifest.sources],
    )
    yield "Left out", ("reason", "possible pairs"), [*manifest.skipped.items()]
    graders = [("grader", grader) for grader in manifest.graders]
    yield "Versions", ("what", "version"), [*graders, *manifest.versions.items()]


def _nature(stand_in: bool) -> str:
    return "rule-based stand-in" if stand_in else "language model"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row(row)


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"
