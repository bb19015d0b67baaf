"""Rows of files that may be broken, huge, or of another kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corollary_datagen.imports import rows as rows_module
from corollary_datagen.imports.index import detect_format, recorded_files
from corollary_datagen.imports.recorded import Refused
from corollary_datagen.imports.rows import Row, read_rows
from corollary_tools.errors import CorollaryError


def read(path: Path, content: str | bytes) -> list[Row | Refused]:
    """The rows of a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path))


def numbers(found: list[Row | Refused]) -> list[object]:
    """The field `n` of each row, or the reason."""
    return [row.values["n"] if isinstance(row, Row) else row.reason for row in found]


def test_lines_lists_and_documents(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert numbers(read(path, '{"n": 1}\n\n{"n": 2}\n')) == [1, 2]
    assert numbers(read(path, '[{"n": 1}, {"n": 2}]')) == [1, 2]
    assert numbers(read(path, '\n\n {\n "n":\n 1}')) == [1]
    assert numbers(read(path, "\ufeff[]")) == []
    assert numbers(read(path, "")) == []
    assert numbers(read(path, b'\xef\xbb\xbf{"n": 3}')) == [3]


def test_a_broken_line_costs_that_line(tmp_path: Path) -> None:
    found = read(tmp_path / "a.jsonl", b'{"n": 1}\n{"n": \n\xff\xfe\n7\n{"n": 5}')
    assert numbers(found) == [
        1,
        "the row is not JSON",
        "the row is not UTF-8",
        "the row is not an object",
        5,
    ]
    assert isinstance(found[1], Refused)
    assert found[1].place.endswith("a.jsonl:2")


def test_a_broken_list_keeps_what_stands_before(tmp_path: Path) -> None:
    found = read(tmp_path / "a.json", '[{"n": 1}, {"n": 2}, {"n": ')
    assert numbers(found) == [1, 2, "the row is not JSON; the rest is lost"]


def test_long_lists_are_read_in_pieces(tmp_path: Path) -> None:
    rows = [{"n": number, "text": "ä∀" * 3000} for number in range(60)]
    text = json.dumps(rows, ensure_ascii=False)
    assert len(text) > 4 * rows_module._CHUNK
    assert numbers(read(tmp_path / "a.json", text)) == list(range(60))


def test_nesting_is_no_crash(tmp_path: Path) -> None:
    deep = "[" * 100_000
    found = read(tmp_path / "a.jsonl", f'{{"n": 1}}\n{{"a": {deep}\n{{"n": 3}}')
    assert numbers(found)[0] == 1
    assert numbers(found)[2] == 3


def test_formats_are_told_by_their_rows(tmp_path: Path) -> None:
    rows: dict[str, dict[str, object]] = {
        "logic-lm": {"id": "a", "raw_logic_programs": ["x"]},
        "tora": {"code": ["```python\n1\n```"]},
        "gsm8k": {"question": "q", "answer": "1 = <<1=1>>1\n#### 1"},
        "prose": {"id": "a", "output": ["text"]},
        "openai": {"messages": []},
        "langsmith": {"inputs": {}, "outputs": {}, "run_type": "llm"},
        "otel": {"resourceSpans": []},
    }
    for name, row in rows.items():
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps(row))
        assert detect_format(path) == name


def test_what_no_format_knows_is_an_error_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"colour": "red"}')
    with pytest.raises(CorollaryError, match="colour"):
        detect_format(path)
    path.write_text("not json")
    with pytest.raises(CorollaryError, match=r"a\.jsonl:1: the row is not JSON"):
        detect_format(path)
    path.write_text("")
    with pytest.raises(CorollaryError, match="no row"):
        detect_format(path)


def test_folders_are_searched_and_missing_paths_named(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.json", "_questions.jsonl", "notes.txt"):
        (tmp_path / name).write_text("{}")
    assert [path.name for path in recorded_files(tmp_path)] == ["a.json", "b.jsonl"]
    with pytest.raises(CorollaryError, match=r"a\.json"):
        recorded_files(tmp_path / "a.jso")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CorollaryError, match="nothing to import"):
        recorded_files(empty)
