"""The staging file: its rules, that order does not matter, and that nothing is left behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_datagen.pairs.staging import StagedRow, Staging
from corollary_tools.errors import CorollaryError

KILLED = """
import sys, time
from pathlib import Path
from corollary_datagen.pairs.staging import StagedRow, Staging
staging = Staging(Path(sys.argv[1]))
staging.add(StagedRow("step", str(n), "x" * 1000) for n in range(2000))
print("ready", flush=True)
time.sleep(60)
"""

rows = st.lists(
    st.builds(
        StagedRow,
        kind=st.sampled_from(["step", "outcome"]),
        rank=st.uuids().map(str),
        body=st.uuids().map(str),
        error_kind=st.sampled_from(["early_answer", "wrong_answer", "wrong_call:solve"]),
    ),
    max_size=60,
    unique_by=lambda row: row.rank,
)


def kept(rows: list[StagedRow], factor: float) -> list[str]:
    with closing(Staging()) as staging:
        staging.add(rows)
        staging.limit("error_kind", factor, "step")
        return list(staging.bodies())


@given(rows, st.sampled_from([0.5, 1.0, 2.0]), st.randoms())
def test_a_quota_holds_whatever_the_order(
    rows: list[StagedRow], factor: float, random: st.DrawFn
) -> None:
    whole = kept(rows, factor)
    assert whole == [row.body for row in rows if row.body in set(whole)], "the order stays"
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert set(kept(shuffled, factor)) == set(whole)
    steps = Counter(row.error_kind for row in rows if row.kind == "step")
    left = Counter(row.error_kind for row in rows if row.kind == "step" and row.body in set(whole))
    for kind, count in steps.items():
        most = max(1, int(factor * steps.total() / len(steps)))
        assert left[kind] == min(count, most)
    others = sum(row.kind != "step" for row in rows)
    assert len(whole) == left.total() + others, "other kinds are not weighed"


def test_what_was_dropped_is_told_by_value() -> None:
    with closing(Staging()) as staging:
        staging.add(StagedRow("step", str(n), str(n), error_kind="a") for n in range(9))
        staging.add([StagedRow("step", "x", "x", error_kind="b")])
        assert staging.limit("error_kind", 1.0, "step") == {"a": 4}
        assert staging.limit("error_kind", 9.0, "step") == {}
        assert staging.limit("error_kind", 1.0, "none of these") == {}


def test_the_folder_is_empty_while_the_file_is_open_and_after(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    staging.add(StagedRow("step", str(n), "x" * 5000) for n in range(200))
    assert list(tmp_path.iterdir()) == []
    staging.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_passed_over(tmp_path: Path) -> None:
    with closing(Staging(tmp_path / "missing")) as staging:
        staging.add([StagedRow("step", "1", "body")])
        assert list(staging.bodies()) == ["body"]
    gc.collect()
    assert not (tmp_path / "missing").exists()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists() or os.name != "posix":
        pytest.skip("there is no way to limit the size of files here")
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000));"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from corollary_datagen.pairs.staging import StagedRow, Staging; import sys, pathlib;"
        "s = Staging(pathlib.Path(sys.argv[1]));"
        "s._connection.execute('PRAGMA cache_size = 1');"
        "s.add(StagedRow('step', str(n), 'x' * 5000) for n in range(2000))"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert CorollaryError.__name__ in done.stderr, done.stderr
    assert "could not write" in done.stderr
    assert list(tmp_path.iterdir()) == []
