"""Damaged files, full disks, places that cannot be written or locked: told, and nothing is lost."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO

import pytest
from test_store import make_pair, make_problem, make_trace, make_verdict

from corollary_datagen.exports.export import export_dataset, load_export
from corollary_datagen.exports.manifest import Census
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.store import open_store
from corollary_datagen.store.configuration import keep_configuration, load_configuration
from corollary_datagen.store.database import lock_writer
from corollary_tools.errors import CorollaryError

ROWS = 400


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with open_store(tmp_path / "run") as store:
        store.add_problems(make_problem(n) for n in range(ROWS))
        store.add_traces((make_trace(n, 0), 0) for n in range(ROWS))
        store.add_verdicts(make_verdict(f"t{n}-0") for n in range(ROWS))
        store.replace_pairs(make_pair(n) for n in range(ROWS))
    return tmp_path / "run"


def assert_three_lines(error: CorollaryError) -> None:
    assert len(str(error).splitlines()) == 3
    assert error.because
    assert error.remedy


def test_a_truncated_file_is_told_and_left_alone(run: Path) -> None:
    path = run / "run.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    for write in (False, True):
        with (
            pytest.raises(CorollaryError, match="cannot be read") as told,
            open_store(run, write=write) as store,
        ):
            deque(chain(store.traces(), store.pairs()))
        assert_three_lines(told.value)
        assert "integrity_check" in told.value.remedy
        assert ".recover" in told.value.remedy
    assert path.stat().st_size == len(whole) // 2


@pytest.mark.parametrize("page", [2, 9, 40])
def test_overwritten_pages_are_told_or_do_not_matter(run: Path, page: int) -> None:
    """Either everything reads as it was, or the damage is told; never other rows."""
    with open_store(run) as store:
        expected = [list(store.traces()), list(store.pairs()), list(store.verdicts())]
    path = run / "run.sqlite"
    content = bytearray(path.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = os.urandom(4096)
    path.write_bytes(content)
    found = None
    with suppress(CorollaryError), open_store(run) as store:
        found = [list(store.traces()), list(store.pairs()), list(store.verdicts())]
    assert found in (None, expected)


def test_a_file_of_text_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.sqlite").write_text("my thesis\n" * 500)
    for write in (False, True):
        with pytest.raises(CorollaryError, match="cannot be read"):
            open_store(tmp_path, write=write)
    assert (tmp_path / "run.sqlite").read_text() == "my thesis\n" * 500


def test_a_run_directory_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("notes")
    with pytest.raises(CorollaryError, match="cannot use") as told:
        open_store(tmp_path / "run")
    assert_three_lines(told.value)
    with pytest.raises(CorollaryError, match="there is no run"):
        open_store(tmp_path / "run", write=False)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.sqlite").mkdir()
    with pytest.raises(CorollaryError, match="cannot use"):
        open_store(tmp_path / "other")
    assert (tmp_path / "run").read_text() == "notes"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_filesystem_without_locks_is_told_as_such(tmp_path: Path, number: int) -> None:
    def lockless(file: IO[str], operation: int) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(CorollaryError, match="cannot lock") as told:
        lock_writer(tmp_path / "run.lock", lockless)
    assert_three_lines(told.value)
    assert "local disk" in told.value.remedy
    assert "another process" not in str(told.value)
    lock_writer(tmp_path / "run.lock").close()


def test_a_lock_on_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "run.lock").symlink_to("/dev/full")
    with pytest.raises(CorollaryError, match="cannot use") as told:
        open_store(tmp_path)
    assert "No space left" in told.value.because


def test_settings_on_a_full_disk_leave_the_old_ones(tmp_path: Path) -> None:
    keep_configuration(tmp_path, "rollout", {"samples": 2})
    (tmp_path / "configuration.new").symlink_to("/dev/full")
    with pytest.raises(CorollaryError, match="could not write") as told:
        keep_configuration(tmp_path, "grade", {"grader": "1"})
    assert_three_lines(told.value)
    assert load_configuration(tmp_path) == {"rollout": {"samples": 2}}


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"rollout": 3}', "\udcff"])
def test_settings_that_do_not_read_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "configuration.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(CorollaryError, match="cannot be read"):
        load_configuration(tmp_path)


def test_a_full_disk_keeps_the_old_pairs_and_the_old_export(run: Path, tmp_path: Path) -> None:
    with open_store(run) as store:
        before = list(store.pairs())
        export(run, tmp_path / "out")
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, old[1]))
        try:
            long = {"role": "user", "content": "x" * 3000}
            more = [make_pair(n).model_copy(update={"chosen": (long,)}) for n in range(ROWS)]
            with pytest.raises(CorollaryError, match="could not write") as told:
                store.replace_pairs(more)
            assert told.value.exit_code == 3
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, old[1]))
            with pytest.raises(CorollaryError, match="could not write the dataset") as told:
                export(run, tmp_path / "out")
            assert_three_lines(told.value)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
        assert list(store.pairs()) == before
        assert store.replace_pairs(more) == ROWS, "with space again it goes on"
    assert load_export(tmp_path / "out") == before
    assert not (tmp_path / "out.new").exists()


def export(run_dir: Path, folder: Path) -> None:
    with open_store(run_dir, write=False) as store:
        census = Census(store)
        parts = census.watched({"train": store.pairs()})
        export_dataset(parts, folder, lambda: census.manifest(PairSettings(), toolkit="all"))


def test_an_export_that_was_killed_between_its_renames_is_put_back(
    run: Path, tmp_path: Path
) -> None:
    export(run, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "out.old")
    with open_store(run, write=False) as store, pytest.raises(CorollaryError, match="no pair"):
        export_dataset(
            {"train": []}, tmp_path / "out", Census(store).manifest(PairSettings(), toolkit="all")
        )
    assert len(load_export(tmp_path / "out")) == ROWS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "run"]


def test_a_damaged_export_is_told(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "out")
    path = tmp_path / "out" / "data" / "train.parquet"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(CorollaryError, match="cannot be read") as told:
        load_export(tmp_path / "out")
    assert_three_lines(told.value)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="corollary-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_directory_that_may_not_be_written_can_be_read(run: Path, public: Path) -> None:
    shutil.copytree(run, public / "run")
    read = "print(len(list(s.pairs())))"
    told = as_nobody(public / "run", f"with open_store(p, write=False) as s: {read}")
    assert told.stdout.strip() == str(ROWS), told.stderr
    told = as_nobody(public / "run", "open_store(p)")
    assert "CorollaryError: cannot use" in told.stderr
    assert "Permission denied" in told.stderr
    assert sorted(path.name for path in (public / "run").iterdir()) == ["run.lock", "run.sqlite"]


def as_nobody(run_dir: Path, work: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import os, pathlib\nfrom corollary_datagen.store.store import open_store\n"
        f"os.setuid(65534)\np = pathlib.Path({str(run_dir)!r})\n{work}"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_second_writer_in_another_process_is_refused_and_a_reader_is_not(run: Path) -> None:
    code = (
        "import pathlib\nfrom corollary_datagen.store.store import open_store\n"
        f"p = pathlib.Path({str(run)!r})\n"
        "with open_store(p, write=False) as s: print(s.counts()['traces'])\nopen_store(p)"
    )
    with open_store(run) as store:
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert store.add_trace(make_trace(1, 5), 5)
    assert told.stdout.strip() == str(ROWS)
    assert f"process {os.getpid()} holds run.lock" in told.stderr


def test_a_table_that_is_gone_is_told(run: Path) -> None:
    connection = sqlite3.connect(run / "run.sqlite")
    connection.execute("DROP TABLE histories")
    connection.close()
    with open_store(run) as store:
        with pytest.raises(CorollaryError, match="cannot use"):
            list(store.pairs())
        assert len(list(store.traces())) == ROWS
