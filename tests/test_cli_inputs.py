"""Bad input to the command: three lines that name the place, the right exit code, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from command import assert_told, run

from corollary_datagen.store import open_store

THEORIES = ("--source", "generated:theories")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_stories(folder: Path, *rows: object) -> Path:
    """A GSM8K file of these rows; a text is written as it is."""
    path = folder / "gsm8k" / "train.jsonl"
    path.parent.mkdir(parents=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return folder


GOOD = {"question": "What is 2 + 3?", "answer": "It is <<2+3=5>>5.\n#### 5"}


def test_a_data_folder_that_is_not_there() -> None:
    told = run("evaluate", "-m", "expert", "--source", "gsm8k", "--data", "nowhere")
    assert_told(told, 2, "nowhere/gsm8k", "try: --data DIR")


def test_a_split_that_is_not_there(tmp_path: Path) -> None:
    data = str(write_stories(tmp_path, GOOD))
    told = run("solve", "--source", "gsm8k", "--split", "dev", "--data", data)
    assert_told(told, 2, 'no split "dev"', "--split train")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"question": "What is 2 + 3?"}, ("row 2", "answer")),
        ({"question": 5, "answer": "#### 5"}, ("row 2", "question")),
        ({"question": "What?", "answer": "five"}, ("row 2", "answer", "####")),
        ('{"question": "cut of', ("row 2", "not JSON")),
    ],
)
def test_a_malformed_row_is_named(tmp_path: Path, row: object, words: tuple[str, ...]) -> None:
    data = str(write_stories(tmp_path, GOOD, row))
    for stage in ("evaluate", "rollout"):
        split = ("--split", "train")
        told = run(stage, "-m", "expert", "--source", "gsm8k", "--data", data, *split)
        assert_told(told, 2, "train.jsonl", *words)


def test_an_unknown_problem(tmp_path: Path) -> None:
    data = str(write_stories(tmp_path, GOOD))
    told = run("solve", "-m", "expert", "--source", "gsm8k", "--data", data, "--id", "7")
    assert_told(told, 2, "no problem '7'", "gsm8k/train/")


def test_unknown_names_get_the_nearest() -> None:
    assert_told(run("solve", "-m", "expertt", "2+3"), 2, "expertt", "try: expert")
    assert_told(run("solve", "-m", "expert", "--source", "gsm9k"), 2, "try: --source gsm8k")
    assert_told(run("solve", "-m", "expert", "--toolkit", "mth", "2+3"), 2, "try: math")
    told = run("solve", "-m", "expert", "--source", "generated:theory")
    assert_told(told, 2, "generated:theories")


def test_nothing_to_solve() -> None:
    assert_told(run("solve"), 2, "neither TEXT nor --source")
    assert_told(run("solve", "-m", "expert", "  "), 2, "empty")
    assert_told(run("solve", "-m", "expert", "-", stdin=""), 2, "empty")
    assert_told(run("evaluate", "-m", "expert"), 2, "--source is missing")


@pytest.mark.parametrize("content", [None, "{", '{"model_type": "llama"}'])
def test_an_unreadable_checkpoint(tmp_path: Path, content: str | None) -> None:
    folder = tmp_path / "student"
    folder.mkdir()
    if content is not None:
        (folder / "config.json").write_text(content, encoding="utf-8")
        (folder / "model.safetensors").write_bytes(b"not tensors")
    told = run("solve", "-m", f"local:{folder}", "2+3")
    assert told.exit_code in (2, 3)
    assert_told(told, told.exit_code, str(folder))


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    for stage in ("grade", "pairs", "train"):
        assert_told(run(stage, str(tmp_path)), 2, f"{tmp_path} is not a run", "run.sqlite")
    (tmp_path / "run.sqlite").write_text("something else", encoding="utf-8")
    told = run("grade", str(tmp_path))
    assert_told(told, 2, "run.sqlite")


def test_stages_out_of_order_name_the_one_before() -> None:
    made = run("rollout", "-m", "expert", *THEORIES, "-n", "1", "--samples", "1", "-o", "made")
    assert made.exit_code == 0, made.stderr
    assert_told(run("pairs", "made"), 2, "try: corollary grade made")
    assert_told(run("train", "made"), 2, "try: corollary pairs made")


def test_other_settings_are_not_mixed() -> None:
    words = ("rollout", "-m", "expert", *THEORIES, "-n", "1", "--samples", "1", "-o", "made")
    assert run(*words).exit_code == 0
    assert_told(run(*words, "--temperature", "0.5"), 2, "sampling.temperature was 0.0")


def test_evaluations_that_cannot_be_compared(tmp_path: Path) -> None:
    assert_told(run("gate", "one", "two"), 2, "one could not be read")
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text('{"model": 3}', encoding="utf-8")
    assert_told(run("gate", "one.json", "two.json"), 2, "one.json", "Evaluation")


class Rubbish(BaseHTTPRequestHandler):
    """Answers everything with a web page."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def rubbish_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Rubbish)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_server_that_is_not_there() -> None:
    spec = "openai:small@http://127.0.0.1:1/v1"
    assert_told(run("solve", "-m", spec, "2+3"), 3, spec, "no connection", "start the server")
    told = run("evaluate", "-m", spec, *THEORIES, "-n", "2")
    assert_told(told, 3, "failed on all 2 problems", "no connection")


def test_a_server_that_answers_rubbish(rubbish_server: str) -> None:
    spec = f"openai:small@{rubbish_server}"
    assert_told(run("solve", "-m", spec, "2+3"), 3, rubbish_server)


def test_a_rollout_without_its_server_keeps_what_it_has() -> None:
    spec = "openai:small@http://127.0.0.1:1/v1"
    words = ("rollout", *THEORIES, "-n", "12", "--samples", "1", "-o", "made")
    assert_told(run(*words, "-m", spec), 3, "times in a row", "--retry-errors")
    again = run(*words, "-m", "expert", "--json")
    assert json.loads(again.stdout)["done"] == 12


def test_a_full_disk_in_a_rollout_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: writes fail in the same place."""
    words = "rollout -m expert --source generated:theories -n 100 --samples 1 -o made"
    done = subprocess.run(
        f"ulimit -f 500; exec {sys.executable} -c"
        f" 'from corollary_cli.main import main; main()' {words}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "error: could not write" in done.stderr
    with open_store(tmp_path / "made") as store:
        kept = store.counts()["traces"]
    assert 0 < kept < 100


def test_a_recipe_with_an_unknown_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\n[problems]\nsource = "gsm8k"\nsplitt = "dev"\n', encoding="utf-8"
    )
    assert_told(run("loop", str(path)), 2, "'splitt' in problems", "try: split")
    path.write_text("name = ", encoding="utf-8")
    assert_told(run("loop", str(path)), 2, "not TOML")
    assert_told(run("loop", "dmeo"), 2, "no recipe dmeo")
