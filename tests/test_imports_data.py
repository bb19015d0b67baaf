"""The recorded sets themselves: how much of them is read, and what the tools make of it."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from corollary_datagen.grading.judging import grade_all
from corollary_datagen.imports.importing import ImportSettings, import_files
from corollary_datagen.imports.index import detect_format, read_recorded, recorded_files
from corollary_datagen.imports.matching import load_book
from corollary_datagen.imports.recorded import Recorded
from corollary_datagen.store import open_store
from corollary_tools.toolkit import Toolkit

FORMATS = {"logic_llm": "logic-lm", "tora": "tora", "zeroeval": "prose"}
LEAST = {"logic_llm": 0.85, "tora": 0.95, "zeroeval": 0.75}
MODELS = {"logic_llm": 3, "tora": 2, "zeroeval": 11}


@pytest.fixture(scope="module")
def recorded(data_dir: Path) -> Path:
    folder = data_dir / "recorded"
    if not folder.is_dir():
        pytest.skip(f"the recorded outputs are not at {folder}")
    return folder


@pytest.mark.parametrize("name", list(FORMATS))
def test_most_rows_of_every_file_are_read(recorded: Path, name: str) -> None:
    models = set()
    for path in recorded_files(recorded / name):
        assert detect_format(path) == FORMATS[name]
        found = list(islice(read_recorded(path), 40))
        read = [one for one in found if isinstance(one, Recorded)]
        assert len(read) >= LEAST[name] * len(found), path
        models |= {one.model for one in read}
    assert len(models) == MODELS[name]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("logic_llm/FOLIO_dev_gpt-4.json", "folio"),
        ("logic_llm/ProntoQA_dev_gpt-4.json", "prontoqa"),
        ("tora/tora-70b-v1.0.jsonl", "gsm8k"),
        ("zeroeval/gemma-2-2b-it.jsonl", "gsm8k"),
    ],
)
def test_every_output_finds_its_problem(
    recorded: Path, data_dir: Path, file: str, source: str
) -> None:
    split = {"folio": "validation", "prontoqa": "dev_even", "gsm8k": "test_even"}[source]
    book = load_book(source, split, data_dir)
    found = list(islice(read_recorded(recorded / file), 200))
    problems = [book.find(one) for one in found if isinstance(one, Recorded)]
    assert len(problems) > 100
    assert all(problems)


def test_gold_chains_are_right(data_dir: Path, toolkit: Toolkit, tmp_path: Path) -> None:
    path = data_dir / "gsm8k" / "train.jsonl"
    with open_store(tmp_path) as store:
        settings = ImportSettings(source="gsm8k", split="train", data=data_dir, limit=25)
        result = import_files(store, [path], toolkit, settings=settings)
        grade_all(store, toolkit.workers)
        counts = store.counts()
    assert result.total.imported == 25
    assert counts["INCORRECT"] == 0
    assert counts["CORRECT"] >= 0.9 * result.total.imported


def test_models_differ_as_they_do(recorded: Path, toolkit: Toolkit, tmp_path: Path) -> None:
    """GPT-4's programs on PrOntoQA are right far more often than GPT-3.5's."""
    right: Counter[str] = Counter()
    models = ("gpt-4", "gpt-3.5-turbo")
    with open_store(tmp_path) as store:
        files = [recorded / "logic_llm" / f"ProntoQA_dev_{model}.json" for model in models]
        import_files(store, files, toolkit, settings=ImportSettings(limit=12))
        grade_all(store, toolkit.workers)
        for row in store.graded():
            assert row.trace.recorded_from.endswith("(MIT)")
            assert row.problem.split == "dev"
            right[row.trace.model] += row.verdict is not None and row.verdict.judgement == "CORRECT"
    strong, weak = (right[f"recorded:{m}@logic_llm/ProntoQA"] for m in models)
    assert strong > weak
