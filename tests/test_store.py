"""The store: what comes back, what survives, and who is refused."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, StopReason, Trace
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store.store import Store, TraceKey, open_store, settings_key
from corollary_datagen.verdict import Judgement, Verdict
from corollary_tools.answer import Answer
from corollary_tools.errors import CorollaryError


def make_problem(number: int) -> Problem:
    return Problem(
        id=f"p{number}",
        source="hand",
        split="train",
        family=f"f{number % 3}",
        domain="math",
        question=f"What is {number} + 1?",
        asks="number",
        answer=Answer(kind="number", value=str(number + 1)),
    )


def make_trace(problem: int, sample: int, stop: StopReason = "answered", note: str = "") -> Trace:
    return Trace(
        id=f"t{problem}-{sample}{note}",
        problem_id=f"p{problem}",
        model="scripted",
        sampling=Sampling(seed=sample),
        toolkit="kit",
        prompt="prompt",
        messages=({"role": "user", "content": f"What is {problem} + 1?"},),
        steps=(),
        answer=None,
        stop=stop,
    )


def make_verdict(trace: str, judgement: Judgement = "CORRECT", grader: str = "1") -> Verdict:
    return Verdict(trace_id=trace, judgement=judgement, reason="because", grader=grader)


def make_pair(number: int) -> PreferencePair:
    return PreferencePair(
        kind="outcome",
        problem_id=f"p{number}",
        family="f0",
        tools=({"type": "function", "function": {"name": "calculate"}},),
        prompt=({"role": "user", "content": str(number)},),
        chosen=({"role": "assistant", "content": "1"},),
        rejected=({"role": "assistant", "content": "2"},),
        chosen_trace="t0-0",
        rejected_trace="t0-1",
    )


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with open_store(tmp_path / "run") as store:
        store.add_problems(make_problem(n) for n in range(4))
        store.add_traces((make_trace(n, s), s) for s in range(2) for n in range(4))
    return tmp_path / "run"


def test_everything_comes_back_as_it_was(filled: Path) -> None:
    with open_store(filled) as store:
        store.add_verdicts([make_verdict("t1-0"), make_verdict("t1-1", "INCORRECT")])
        assert store.add_pairs(make_pair(n) for n in range(3)) == 3
    with open_store(filled) as store:
        assert list(store.problems()) == [make_problem(n) for n in range(4)]
        assert list(store.traces()) == [make_trace(n, s) for s in range(2) for n in range(4)]
        assert list(store.traces(model="another")) == []
        assert list(store.pairs()) == [make_pair(n) for n in range(3)]
        assert [v.judgement for v in store.verdicts()] == ["CORRECT", "INCORRECT"]
        assert store.counts() == {
            "problems": 4,
            "traces": 8,
            "pairs": 3,
            "errors": 0,
            "CORRECT": 1,
            "INCORRECT": 1,
            "UNDECIDED": 0,
        }


def test_graded_rows_come_problem_by_problem(filled: Path) -> None:
    with open_store(filled) as store:
        store.add_verdicts([make_verdict("t0-1"), make_verdict("t0-1", "UNDECIDED", "2")])
        rows = list(store.graded())
    assert [row.trace.id for row in rows][:4] == ["t0-0", "t0-1", "t1-0", "t1-1"]
    assert rows[0].verdict is None
    assert rows[1].verdict is not None
    assert rows[1].verdict.judgement == "UNDECIDED", "the newest verdict counts"


def test_a_rollout_is_stored_once(filled: Path) -> None:
    key = settings_key("kit", "prompt", Sampling())
    with open_store(filled) as store:
        assert not store.add_trace(make_trace(0, 0, note="again"), 0)
        assert TraceKey("p0", "scripted", key, 0) in store.done()
        assert len(store.done()) == 8


def test_an_error_stays_until_a_success_replaces_it(filled: Path) -> None:
    with open_store(filled) as store:
        assert store.add_trace(make_trace(0, 5, "error"), 5)
        assert not store.add_trace(make_trace(0, 5, "error", "again"), 5)
        assert len(store.done()) - len(store.done(errors=False)) == 1
        store.add_verdicts([make_verdict("t0-5", "UNDECIDED")])
        assert store.add_trace(make_trace(0, 5), 5), "a retry may have the id of the error"
        assert store.counts()["errors"] == 0
        assert list(store.verdicts()) == [], "what was said of the error does not hold any more"
        assert not store.add_trace(make_trace(0, 5, "error", "later"), 5)


def test_a_second_writer_is_refused_by_name(filled: Path) -> None:
    with open_store(filled), pytest.raises(CorollaryError, match="another process") as refused:
        open_store(filled)
    assert str(os.getpid()) in refused.value.because
    open_store(filled).close()


def test_a_reader_reads_beside_the_writer(filled: Path) -> None:
    with open_store(filled) as writer, open_store(filled, write=False) as reader:
        writer.add_trace(make_trace(2, 7), 7)
        assert reader.counts()["traces"] == 9
        with pytest.raises(CorollaryError, match="cannot use"):
            reader.add_problems([make_problem(9)])


def test_a_missing_run_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(CorollaryError, match="there is no run"):
        open_store(tmp_path / "none", write=False)
    assert not (tmp_path / "none").exists()


def test_changed_settings_are_named(filled: Path) -> None:
    with open_store(filled) as store:
        store.configure("rollout", {"samples": 2, "sampling": {"temperature": 0.0}})
        store.configure("rollout", {"samples": 2, "sampling": {"temperature": 0.0}})
        with pytest.raises(CorollaryError) as refused:
            store.configure("rollout", {"samples": 2, "sampling": {"temperature": 0.7}})
    assert refused.value.because == "sampling.temperature was 0.0 and is now 0.7"


def test_a_failed_replacement_keeps_the_old_pairs(filled: Path) -> None:
    def failing() -> list[PreferencePair]:
        raise RuntimeError("while building")

    with open_store(filled) as store:
        store.add_pairs([make_pair(0)])
        with pytest.raises(RuntimeError):
            store.replace_pairs(pair for make in (failing,) for pair in make())
        assert list(store.pairs()) == [make_pair(0)]
        assert store.replace_pairs([make_pair(1), make_pair(2)]) == 2
        assert list(store.pairs()) == [make_pair(1), make_pair(2)]


@pytest.mark.parametrize("content", [b"not a database at all " * 200, b"SQLite format 3\0" * 400])
def test_a_damaged_file_is_told_in_three_lines(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.sqlite").write_bytes(content)
    with pytest.raises(CorollaryError) as told:
        open_store(tmp_path)
    assert len(str(told.value).splitlines()) == 3
    assert (tmp_path / "run.sqlite").read_bytes() == content


def test_a_file_damaged_in_the_middle_is_told_when_read(filled: Path) -> None:
    with open_store(filled) as store:
        store.add_problems(make_problem(n) for n in range(10, 3000))
    path = filled / "run.sqlite"
    content = bytearray(path.read_bytes())
    content[8192:-8192] = b"\xff" * (len(content) - 16384)
    path.write_bytes(content)
    with open_store(filled) as store, pytest.raises(CorollaryError, match="cannot be read"):
        list(store.problems())


def test_another_database_and_another_version_are_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "run.sqlite")
    other.execute("CREATE TABLE cats (name)")
    other.commit()
    with pytest.raises(CorollaryError, match="not a run of Corollary"):
        open_store(tmp_path)
    other.execute(f"PRAGMA application_id = {0x434F524F}")
    other.execute("PRAGMA user_version = 99")
    other.commit()
    with pytest.raises(CorollaryError, match="another version"):
        open_store(tmp_path)
    other.close()


def _fill_until_full(run_dir: Path) -> None:
    """Add traces under a small file limit, printing each that was reported as stored."""
    with open_store(run_dir) as store:
        store.add_problems([make_problem(0)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        for sample in range(10_000):
            store.add_trace(make_trace(0, sample), sample)
            print(sample, flush=True)


def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    run = _run_here("_fill_until_full", tmp_path / "run")
    out, err = run.communicate(timeout=600)
    assert "CorollaryError: could not write to" in err
    assert "free some space" in err
    with open_store(tmp_path / "run") as store:
        assert len(store.done()) == len(out.split()) > 50
        assert store.add_trace(make_trace(0, 99_999), 99_999), "with space again it goes on"


def _add_for_ever(run_dir: Path) -> None:
    with open_store(run_dir) as store:
        store.add_problems([make_problem(0)])
        for sample in range(10**9):
            store.add_trace(make_trace(0, sample), sample)
            print(sample, flush=True)


def test_a_kill_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    run = _run_here("_add_for_ever", tmp_path / "run")
    assert run.stdout is not None
    run.stdout.readline()
    time.sleep(0.3)
    run.send_signal(signal.SIGKILL)
    reported = max(map(int, run.communicate(timeout=600)[0].split())) + 1
    with open_store(tmp_path / "run") as store:
        assert reported <= len(store.done()) <= reported + 1


def _run_here(function: str, run_dir: Path) -> subprocess.Popen[str]:
    code = f"from pathlib import Path; import {__name__} as t; t.{function}(Path({str(run_dir)!r}))"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_inserts_in_bulk_are_fast(tmp_path: Path) -> None:
    traces = [(make_trace(0, sample), sample) for sample in range(5000)]
    with open_store(tmp_path) as store:
        store.add_problems([make_problem(0)])
        began = time.process_time()
        store.add_traces(traces)
        seconds = time.process_time() - began
        assert isinstance(store, Store)
    assert seconds < 20, f"{5000 / seconds:.0f} rows a second of work"
