"""The card of a dataset: read as the Hub reads it, loaded as it says, true to its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_export import make_pair

from corollary_datagen.exports.card import render_card
from corollary_datagen.exports.export import export_dataset
from corollary_datagen.exports.licences import hub_licences, licence_warnings
from corollary_datagen.exports.manifest import Maker, Manifest, SourcePart
from corollary_datagen.pairs import PairSettings
from corollary_tools.toolkit import Toolkit


def make_manifest(**changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "parts": {"train": 8, "validation": 2},
        "kinds": {"step": 10},
        "error_kinds": {"wrong_call:calculate": 7},
        "settings": PairSettings(),
        "toolkit": "all",
        "models": (maker("expert:0.2", stand_in=True), maker("openai:gpt | <b>x</b>")),
        "sources": (part("gsm8k", "train", "MIT"),),
        "graders": ("corollary/1",),
        "rollouts": {},
        "skipped": {"same meaning": 3},
        "versions": {"corollary": "0.1.0"},
        **changes,
    }
    return Manifest.model_validate(fields)


def maker(model: str, *, stand_in: bool = False) -> Maker:
    return Maker(
        model=model, stand_in=stand_in, chosen=6, rejected=4, toolkits=("t",), prompts=("p",)
    )


def part(source: str, split: str, licence: str) -> SourcePart:
    return SourcePart(source=source, split=split, licence=licence, problems=4)


def test_the_hub_reads_the_header() -> None:
    from huggingface_hub import DatasetCard

    manifest = make_manifest(
        sources=(part("a", "train", "MIT"), part("b", "train", "CC-BY-SA-4.0"))
    )
    header = DatasetCard(render_card(manifest)).data.to_dict()
    assert header["license"] == ["cc-by-sa-4.0", "mit"]
    assert header["size_categories"] == ["n<1K"]
    assert header["task_categories"] == ["text-generation"]
    assert {"dpo", "tool-calling"} <= set(header["tags"])
    files = header["configs"][0]["data_files"]
    assert [row["split"] for row in files] == ["train", "validation"]


@pytest.mark.parametrize(
    ("rows", "size"),
    [(999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (1_000_000, "1M<n<10M")],
)
def test_the_size_is_one_of_the_hubs(rows: int, size: str) -> None:
    assert f"- {size}\n" in render_card(make_manifest(parts={"train": rows}))
    assert "- n>10M\n" in render_card(make_manifest(parts={"train": 10**8}))


def test_it_loads_by_its_folder_beside_formats(toolkit: Toolkit, tmp_path: Path) -> None:
    from datasets import load_dataset

    pairs = [make_pair(number, toolkit) for number in range(10)]
    out = tmp_path / "out"
    export_dataset({"train": pairs[:8], "validation": pairs[8:]}, out, make_manifest())
    (out / "trl").mkdir()
    (out / "trl" / "train.jsonl").write_text('{"other": 1}\n')
    loaded = load_dataset(str(out), cache_dir=str(tmp_path / "cache"))
    assert {name: len(rows) for name, rows in loaded.items()} == {"train": 8, "validation": 2}
    for pair, row in zip(pairs, [*loaded["train"], *loaded["validation"]], strict=True):
        assert row["chosen"] == list(pair.chosen)
        assert row["tools"] == list(pair.tools)
    told = {name for names, _ in columns(out / "README.md") for name in names.split(", ")}
    assert told == set(loaded["train"].column_names)


def columns(card: Path) -> list[list[str]]:
    table = card.read_text("utf-8").split("## Columns\n\n")[1].split("\n\n")[0]
    return [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]


def test_stand_ins_are_named_and_hostile_names_are_text() -> None:
    card = render_card(make_manifest())
    assert "**10 of its 20 sides were made by a rule-based stand-in" in card
    assert "| openai:gpt / &lt;b>x&lt;/b> | language model | 6 | 4 |" in card
    assert "terms of its provider" in card
    assert "stand-in" not in render_card(make_manifest(models=(maker("local:x"),)))
    recorded = render_card(make_manifest(models=(maker("recorded:gpt-4@logic_llm/x"),)))
    assert "language model, recorded" in recorded
    assert "| wrong_call:calculate | 7 |" in card


def test_licences_that_ask_something_are_said() -> None:
    assert list(licence_warnings([("a", "MIT"), ("b", "Apache-2.0"), ("g", "CC-BY-4.0")])) == []
    told = list(licence_warnings([("f", "CC-BY-SA-4.0"), ("n", "CC-BY-NC-4.0"), ("u", "unknown")]))
    assert [sentence.split(" (")[0] for sentence in told] == [
        "The licences of n", "The licences of f", "The licences of u",
    ]  # fmt: skip
    assert "GPL-3.0" in next(licence_warnings([("x", "GPL-3.0")]))
    assert next(licence_warnings([("x", "")])).startswith("The licences of x (unknown)")
    assert hub_licences(["MIT", "mit", "My own", "", "CC BY 4.0"]) == (
        "cc-by-4.0", "mit", "other", "unknown",
    )  # fmt: skip


def test_a_measured_error_rate_is_told_in_words() -> None:
    assert "Errors of the grader" not in render_card(make_manifest())
    measured = {"measured_by": "persons", "grader": "corollary/1", "flip_rate": 0.0125}
    unknown = {"false_positive": None, "false_negative": None}
    card = render_card(make_manifest(error_rate={**measured, **unknown}))
    assert "## Errors of the grader" in card
    assert "| expected share of flipped pairs | 1.25% |" in card
    assert "| measured by | blind judgements of persons |" in card


def test_evaluation_splits_are_said() -> None:
    assert "Do not evaluate" not in render_card(make_manifest())
    card = render_card(make_manifest(sources=(part("folio", "validation", "CC-BY-SA-4.0"),)))
    assert "folio (validation)" in card
    assert "same licence" in card


def test_the_commands_are_ones_that_there_are() -> None:
    from command import run

    card = render_card(make_manifest())
    lines = card.split("```bash\n")[1].split("```")[0].replace("\\\n", "").splitlines()
    assert len(lines) > 1
    for line in lines[1:]:
        _, command, *words = line.split()
        flags = [word for word in words if word.startswith("-")]
        told = run(command, "--help").output
        assert all(flag in told for flag in flags), line
