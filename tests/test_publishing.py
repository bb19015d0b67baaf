"""Publishing against a Hub on the loopback, through the real client, as the command is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import assert_told, run
from hub import TOKEN, Hub, open_hub
from test_export import make_pair
from test_store import make_problem, make_trace, make_verdict

from corollary_datagen.exports.export import export_dataset, load_export
from corollary_datagen.exports.formats import load_format
from corollary_datagen.exports.formats.writing import write_format
from corollary_datagen.exports.manifest import build_manifest
from corollary_datagen.exports.publishing import check_repository
from corollary_datagen.pairs import PairSettings
from corollary_datagen.store import open_store
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

NAME = "somebody/pairs"
PUSH = """
import sys
from pathlib import Path
from corollary_datagen.exports.publishing import push_export
from corollary_tools.errors import CorollaryError
try:
    print(push_export(Path(sys.argv[1]), sys.argv[2], private=len(sys.argv) < 4))
except CorollaryError as error:
    print(error.what, error.because, error.remedy, sep="\\n", file=sys.stderr)
    sys.exit(error.exit_code)
"""
COMMAND = "from corollary_cli.main import main; main()"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with open_hub() as hub:
        yield hub


@pytest.fixture
def out(toolkit: Toolkit, tmp_path: Path) -> Path:
    """An export with a format beside it."""
    pairs = [make_pair(number, toolkit) for number in range(10)]
    with open_store(tmp_path / "run") as store:
        store.add_problems(make_problem(n) for n in range(4))
        store.add_traces([(make_trace(0, 0), 0), (make_trace(0, 1), 1)])
        store.add_verdicts([make_verdict("t0-0"), make_verdict("t0-1", "INCORRECT")])
        manifest = build_manifest(store, {"train": pairs}, PairSettings(), toolkit="all")
    export_dataset({"train": pairs}, tmp_path / "out", manifest)
    write_format(load_format("ms-swift"), {"train": pairs}, tmp_path / "out" / "ms-swift")
    return tmp_path / "out"


def ask(
    *words: str, home: Path, endpoint: str, token: str | None = TOKEN, code: str = PUSH
) -> subprocess.CompletedProcess[str]:
    """Run Python with an address and a token of its own, and nobody to answer questions."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
    environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    environment |= {"HF_TOKEN": token} if token else {}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_export_arrives_whole_and_private(out: Path, tmp_path: Path, hub: Hub) -> None:
    done = ask(str(out), NAME, home=tmp_path, endpoint=hub.address)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{hub.address}/datasets/{NAME}\n"
    assert hub.private == {NAME: True}
    there = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    sent = {name: data for name, data in there.items() if not name.startswith("disk/")}
    assert {n: d for n, d in hub.files[NAME].items() if n != ".gitattributes"} == sent
    assert {"data/train.parquet", "README.md", "ms-swift/train.jsonl"} <= set(sent)
    assert len(hub.commits) == 1


def test_a_second_push_takes_old_splits_away(out: Path, tmp_path: Path, hub: Hub) -> None:
    hub.files[NAME] = {"data/old.parquet": b"", "notes.txt": b"mine"}
    hub.private[NAME] = True
    done = ask(str(out), NAME, home=tmp_path, endpoint=hub.address)
    assert done.returncode == 0, done.stderr
    assert "data/old.parquet" not in hub.files[NAME]
    assert hub.files[NAME]["notes.txt"] == b"mine"


def test_a_public_repository_must_be_meant(out: Path, tmp_path: Path, hub: Hub) -> None:
    hub.files[NAME], hub.private[NAME] = {}, False
    done = ask(str(out), NAME, home=tmp_path, endpoint=hub.address)
    assert done.returncode == 2
    assert f"{NAME} is public" in done.stderr
    assert hub.files[NAME] == {}
    meant = ask(str(out), NAME, "public", home=tmp_path, endpoint=hub.address)
    assert meant.returncode == 0, meant.stderr
    assert "data/train.parquet" in hub.files[NAME]


def failed(done: subprocess.CompletedProcess[str], out: Path, *words: str) -> None:
    """Three lines, code 3, and the dataset is there."""
    assert done.returncode == 3, done.stderr
    assert len(done.stderr.strip().splitlines()) == 3, done.stderr
    for word in (*words, str(out)):
        assert word in done.stderr
    assert len(load_export(out)) == 10


def test_without_a_network_nothing_is_lost(out: Path, tmp_path: Path) -> None:
    with open_hub() as hub:
        gone = hub.address
    done = ask(str(out), NAME, home=tmp_path, endpoint=gone)
    failed(done, out, "could not reach the Hub", gone)


@pytest.mark.parametrize(("token", "words"), [(None, "no token"), ("hf_wrong", "401")])
def test_a_token_that_is_none(
    out: Path, tmp_path: Path, hub: Hub, token: str | None, words: str
) -> None:
    done = ask(str(out), NAME, home=tmp_path, endpoint=hub.address, token=token)
    failed(done, out, words, "HF_TOKEN")
    assert hub.files == {}
    assert "hf_wrong" not in done.stderr


def test_a_refusal_is_told_in_the_words_of_the_hub(out: Path, tmp_path: Path, hub: Hub) -> None:
    hub.refuse = 403
    done = ask(str(out), NAME, home=tmp_path, endpoint=hub.address)
    failed(done, out, "403", "You may not do this", "may write")


def test_a_folder_that_is_no_export_is_not_pushed(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / "private.key").write_text("mine")
    done = ask(str(tmp_path), NAME, home=tmp_path, endpoint=hub.address)
    assert done.returncode == 2
    assert hub.seen == []


@pytest.mark.parametrize("name", ["pairs", "a/b/c", "some body/pairs", "../x/y", "a/", ""])
def test_names_that_are_none_are_told_before_any_work(name: str) -> None:
    with pytest.raises(CorollaryError, match="no repository"):
        check_repository(name)
    told = run("pairs", "nowhere", "--export", "x", "--push-to-hub", name)
    assert_told(told, 2, "OWNER/NAME")


@pytest.mark.parametrize(
    "words", [("--push-to-hub", NAME), ("--format", "trl"), ("--export", "x", "--format", "tlr")]
)
def test_flags_that_lead_nowhere_are_told_before_any_work(words: tuple[str, ...]) -> None:
    assert_told(run("pairs", "nowhere", *words), 2)


def test_the_command_writes_formats_and_pushes(tmp_path: Path, hub: Hub) -> None:
    """From rollouts to the Hub: one format is refused, the others and the push are done."""
    made, out = str(tmp_path / "run"), tmp_path / "out"
    words = ("--source", "generated:stories", "-n", "5", "--samples", "3", "-o", made)
    assert run("rollout", "-m", "expert:0.5", *words).exit_code == 0
    assert run("grade", made).exit_code == 0
    words = ("--format", "axolotl", "--format", "trl", "--push-to-hub", NAME)
    done = ask(
        *("pairs", made, "--export", str(out), *words),
        home=tmp_path,
        endpoint=hub.address,
        code=COMMAND,
    )
    assert done.returncode == 3, done.stderr
    assert "\nerror: axolotl cannot say any of these rows" in done.stderr
    assert f"pushed {out} to {hub.address}/datasets/{NAME}" in done.stderr
    rows = [json.loads(line) for line in (out / "trl" / "train.jsonl").open(encoding="utf-8")]
    assert [row["chosen"] for row in rows] == [list(pair.chosen) for pair in load_export(out)]
    assert "trl/train.jsonl" in hub.files[NAME]
    assert not (out / "axolotl").exists()
