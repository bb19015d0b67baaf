"""Bad input to problem sources: every error names its place, its reason and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from source_rows import ALG514, FOLIO, GSM8K, KNIGHTS, PROOFWRITER, ROWS, SVAMP, write_rows

from corollary_datagen.sources import load_problems
from corollary_tools.errors import CorollaryError


def refusal(source: str, split: str = "train", data: Path | None = None) -> CorollaryError:
    with pytest.raises(CorollaryError) as caught:
        load_problems(source, split=split, data=data)
    return caught.value


@pytest.mark.parametrize("source", ROWS)
def test_a_missing_field_is_named_with_its_row(source: str, tmp_path: Path) -> None:
    # Fields that problems do without: what they only add, or have another way to say.
    spare = {"example_id", "story_id", "premises-FOL", "conclusion-FOL", "Type"}
    two_valued = {"proofwriter", "prontoqa"}
    for field in set(ROWS[source]) - spare - ({"options"} if source in two_valued else set()):
        row = {key: value for key, value in ROWS[source].items() if key != field}
        path = write_rows(tmp_path, source, [ROWS[source], row])
        error = refusal(source, data=tmp_path)
        assert f"{path}, row 2" in error.what
        assert error.exit_code == 2
        assert f'"{field}"' in error.what


@pytest.mark.parametrize(
    ("source", "change", "field"),
    [
        ("proofwriter", {"answer": "D"}, "answer"),
        ("proofwriter", {"answer": 1}, "answer"),
        ("proofwriter", {"context": "  "}, "context"),
        ("logical_deduction", {"answer": "F"}, "answer"),
        ("logical_deduction", {"options": ["A) one"]}, "options"),
        ("logical_deduction", {"options": "A) one"}, "options"),
        ("gsm8k", {"answer": "It is 40."}, "answer"),
        ("folio", {"label": "true"}, "label"),
        ("folio", {"premises": []}, "premises"),
        ("knights_knaves", {"solution": [True]}, "solution"),
        ("knights_knaves", {"statements": "__import__('os')"}, "statements"),
        ("knights_knaves", {"statements": "(('telling-truth', 9),)"}, "statements"),
        ("knights_knaves", {"quiz": 'Ann said, "Bo is a knave." So who?'}, "quiz"),
        ("svamp", {"Answer": "many"}, "Answer"),
        ("equations", {"ans": []}, "ans"),
        ("equations", {"ans": ["x"]}, "ans"),
        ("satlm", {"label": None}, "label"),
    ],
)
def test_a_wrong_value_is_named(
    source: str, change: dict[str, Any], field: str, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, source, [ROWS[source] | change], "train.jsonl")
    error = refusal(source, data=tmp_path)
    assert error.what == f'{path}, row 1, field "{field}"'
    assert error.because
    assert "docs/problems.md" in error.remedy


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("train.json", b'[{"question": ', "is not JSON"),
        ("train.json", b"", "the file is empty"),
        ("train.json", b"[]", "holds no row"),
        ("train.json", b'{"question": "?"}', "should hold a list"),
        ("train.json", b"[1]", "row 1 should be an object"),
        ("train.json", b"[" * 100_000, "nested too deeply"),
        ("train.jsonl", b'{"question": "?"}\n\n{"question" "?"}\n', "row 3 is not JSON"),
        ("train.jsonl", b"\n\n", "holds no row"),
        ("train.jsonl", b'{"question": "caf\xe9"}', "byte 17 is not UTF-8"),
    ],
)
def test_an_unreadable_file_is_named(
    name: str, content: bytes, because: str, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, "gsm8k", [GSM8K], name)
    path.write_bytes(content)
    error = refusal("gsm8k", data=tmp_path)
    assert error.what == f"cannot read {path}"
    assert because in error.because
    assert error.exit_code == 2


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = write_rows(tmp_path, "gsm8k", [GSM8K])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load_problems("gsm8k", data=tmp_path)) == 1


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    assert "is not a directory" in refusal("gsm8k", data=tmp_path / "none").because
    write_rows(tmp_path, "svamp", [SVAMP])
    error = refusal("gsm8k", data=tmp_path)
    assert error.what == f"no problems at {tmp_path / 'gsm8k'}"
    assert "svamp" in error.because


def test_an_unknown_split_brings_the_nearest(tmp_path: Path) -> None:
    for name in ("dev.json", "big_test.json"):
        write_rows(tmp_path, "proofwriter", [PROOFWRITER], name)
    error = refusal("proofwriter", "tset", tmp_path)
    assert error.what == f'no split "tset" in {tmp_path / "proofwriter"}'
    assert "big_test, dev" in error.because
    assert "test" in error.remedy


def test_an_unknown_source_brings_the_nearest() -> None:
    error = refusal("gsm8", data=Path())
    assert error.what == 'unknown problem source "gsm8"'
    assert error.remedy == "--source gsm8k"
    assert "theories" in refusal("generated:theory").remedy
    assert "simple_equations" in refusal("gym:simple_equation").remedy


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"question": "?"}, "answer"),
        ({"answer": 1}, "question"),
        ({"question": "?", "answer": "C", "options": ["a", "b"]}, "answer"),
        ({"question": "?", "answer": "maybe", "asks": "truth"}, "answer"),
        ({"question": "?", "answer": 1, "asks": "essay"}, "asks"),
        ({"question": "?", "answer": 1, "domain": "poetry"}, "domain"),
        ({"question": "?", "answer": 1, "statements": "one"}, "statements"),
        ({"question": "?", "answer": [1], "asks": "number"}, "answer"),
    ],
)
def test_ones_own_rows_are_checked(row: dict[str, Any], field: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path, "mine", [row], "mine.jsonl")
    assert refusal(f"jsonl:{path}").what == f'{path}, row 1, field "{field}"'


def test_no_two_rows_have_one_id(tmp_path: Path) -> None:
    rows = [{"question": f"{n}?", "answer": 1, "id": "same"} for n in range(2)]
    path = write_rows(tmp_path, "mine", rows, "mine.jsonl")
    error = refusal(f"jsonl:{path}")
    assert error.what == f'{path}, row 2, field "id"'
    assert "another row has it" in error.because


def test_ones_own_file_may_be_missing(tmp_path: Path) -> None:
    error = refusal(f"jsonl:{tmp_path / 'none.jsonl'}")
    assert error.because == "No such file or directory"


def test_the_rows_of_the_tests_are_right_but_for_the_change(tmp_path: Path) -> None:
    for source, row in (("equations", ALG514), ("folio", FOLIO), ("knights_knaves", KNIGHTS)):
        write_rows(tmp_path, source, [row])
        assert load_problems(source, data=tmp_path)
