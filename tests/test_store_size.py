"""The store at size: what repeats stands once, queries go by indexes, adders share transactions."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_store import make_pair, make_problem, make_trace, make_verdict

from corollary_agent.trace import Message, Trace
from corollary_datagen.store import open_store, queries
from corollary_datagen.store.texts import part
from corollary_tools.errors import CorollaryError

SYSTEM: Message = {"role": "system", "content": "You solve problems. " * 200}


def prompted(problem: int, sample: int, *, asks: str = "") -> Trace:
    user: Message = {"role": "user", "content": f"{asks}What is {problem} + 1?"}
    said: Message = {"role": "assistant", "content": str(sample)}
    messages = (SYSTEM, user, said, user)
    return make_trace(problem, sample).model_copy(update={"messages": messages})


def test_a_long_prompt_is_stored_once_and_comes_back(tmp_path: Path) -> None:
    traces = [prompted(n, s, asks="Think well. " * 30) for s in range(4) for n in range(3)]
    with open_store(tmp_path) as store:
        store.add_problems(make_problem(n) for n in range(3))
        store.add_traces((trace, trace.sampling.seed) for trace in traces)
        assert list(store.traces()) == traces
        assert store.trace(traces[5].id) == traces[5]
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    assert connection.execute("SELECT count(*) FROM texts").fetchone() == (4,)
    longest = connection.execute("SELECT max(length(body)) FROM traces").fetchone()[0]
    assert longest < len(str(SYSTEM["content"]))
    rows = connection.execute(
        "SELECT body FROM messages WHERE trace_id = ? ORDER BY place", (traces[5].id,)
    )
    assert [json.loads(body) for (body,) in rows] == list(traces[5].messages)
    connection.close()


def test_what_one_reader_does_to_a_message_no_other_sees(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.add_problems([make_problem(0)])
        store.add_traces((prompted(0, n), n) for n in range(2))
        first, second = store.traces()
        first.messages[0]["content"] = "changed"
        assert second == prompted(0, 1)
        assert next(store.traces()) == prompted(0, 0)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
messages = st.dictionaries(texts, values, max_size=3).flatmap(
    lambda rest: st.sampled_from(["system", "user", "assistant", "tool"]).map(
        lambda role: {"role": role, **rest}
    )
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(messages, max_size=4), min_size=1, max_size=5))
def test_any_messages_come_back_with_their_keys_in_order(prompts: list[list[Message]]) -> None:
    traces = [
        make_trace(0, n).model_copy(update={"messages": tuple(p)}) for n, p in enumerate(prompts)
    ]
    pairs = [
        make_pair(n % 2).model_copy(update={"prompt": tuple(p)}) for n, p in enumerate(prompts)
    ]
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store:
        store.add_problems([make_problem(0)])
        store.add_traces((trace, n) for n, trace in enumerate(traces))
        store.replace_pairs(pairs)
        found: list[object] = [list(store.traces()), list(store.pairs())]
        assert found == [traces, pairs]
        shown = [json.dumps(row.messages) for row in store.traces()]
        assert shown == [json.dumps(row.messages) for row in traces]
        assert [json.dumps(p.prompt) for p in store.pairs()] == [
            json.dumps(p.prompt) for p in pairs
        ]


def test_only_long_first_messages_are_parted() -> None:
    short: Message = {"role": "user", "content": "?"}
    long: Message = {"role": "user", "content": "?" * 500}
    assert part([short, long]) == ([], (short, long))
    assert part([long, short])[1] == (short,)
    assert part([{**long, "role": "assistant"}])[0] == []
    assert part([]) == ([], ())


def test_pairs_share_histories_and_equal_values_that_are_written_otherwise_do_not(
    tmp_path: Path,
) -> None:
    long = tuple({"role": "user", "content": str(n)} for n in range(5))
    prompts: list[tuple[Message, ...]] = [
        long[:3], long, (), long[:1], ({"role": "user", "n": 1},), ({"role": "user", "n": True},),
        ({"n": 1, "role": "user"},), ({"role": "user", "n": 1.0},),
    ]  # fmt: skip
    pairs = [make_pair(0).model_copy(update={"prompt": prompt}) for prompt in prompts]
    with open_store(tmp_path) as store:
        store.replace_pairs(pairs)
        found = [json.dumps(pair.prompt) for pair in store.pairs()]
    assert found == [json.dumps(prompt) for prompt in prompts]
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    assert connection.execute("SELECT count(*) FROM histories").fetchone() == (5,)
    connection.close()


def test_queries_go_by_an_index_or_the_order_of_the_table(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.add_problems([make_problem(0)])
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    asked = {
        queries.PROBLEMS: 2, queries.PROBLEM: 1, queries.GRADED: 1, queries.ORIGIN: 1,
        queries.TRACE: 1, queries.PAIRS: 3, queries.UNPAIRED: 3, queries.FAILED: 0,
        queries.JUDGED: 0, queries.PLACE: 1, queries.ROLLED: 4, queries.RUNS: 1, queries.TWINS: 2,
        queries.problems_to_grade("g")[0]: 3, queries.problems_to_grade(None)[0]: 2,
        queries.verdicts(None)[0]: 2, queries.verdicts("g")[0]: 3, queries.traces(None)[0]: 2,
    }  # fmt: skip
    for query, count in asked.items():
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", ["1"] * count).fetchall()
        steps = [row[3] for row in plan]
        outer = [row[3] for row in plan if row[1] == 0]
        bare = [s for s in steps if s.startswith("SCAN") and "INDEX" not in s and s != "SCAN v"]
        assert not bare, (query, steps)
        assert not any("TEMP B-TREE FOR ORDER BY" in step for step in outer), (query, steps)
    connection.close()


def test_reading_goes_on_beside_writing_and_ends(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.add_problems(make_problem(n) for n in range(1300))
        store.add_traces((make_trace(n, 0), 0) for n in range(1300))
        for row in store.graded():
            store.add_verdicts([make_verdict(row.trace.id)])
        assert store.counts()["CORRECT"] == 1300
        assert len(list(store.graded(without="1"))) == 0
        store.add_trace(make_trace(7, 1), 1)
        left = [row.trace.id for row in store.graded(without="1")]
        assert left == ["t7-0", "t7-1"], "the traces of a problem are judged together"
        assert set(store.judged_by("1")) >= {"t7-0"}
        assert store.judged_by("1").get("t7-1") is None
        assert len(store.judged_by("1")) == 1300


def test_a_reader_sees_one_moment_beside_a_writer(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.replace_pairs(make_pair(n) for n in range(1200))
        with open_store(tmp_path, write=False) as reader:
            rows = reader.pairs()
            seen = [next(rows)]
            store.replace_pairs([make_pair(5)])
            assert len([*seen, *rows]) == 1200
        assert len(list(store.pairs())) == 1


def test_threads_that_add_each_get_their_own_answer(tmp_path: Path) -> None:
    told: dict[str, bool] = {}
    failed: list[str] = []

    def add(number: int) -> None:
        for sample in range(20):
            for again in ("", "x"):
                trace = make_trace(number, sample, note=again)
                told[trace.id] = opened.add_trace(trace, sample)
        try:
            opened.add_trace(make_trace(99, number), number)
        except sqlite3.IntegrityError as error:
            failed.append(str(error))

    with open_store(tmp_path) as opened:
        opened.add_problems(make_problem(n) for n in range(8))
        threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(failed) == 8, "a problem that is not there fails its own caller alone"
        assert sum(told.values()) == opened.counts()["traces"] == 160
        assert all(new == (not name.endswith("x")) for name, new in told.items())


def test_a_record_that_does_not_read_is_told_with_what_to_do(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.add_problems([make_problem(0)])
        store.add_traces([(prompted(0, 0), 0)])
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    connection.execute("DELETE FROM texts")
    connection.commit()
    with (
        open_store(tmp_path) as store,
        pytest.raises(CorollaryError, match="cannot be read") as told,
    ):
        list(store.traces())
    assert "integrity_check" in told.value.remedy
    connection.execute("UPDATE problems SET body = '{}'")
    connection.commit()
    connection.close()
    with open_store(tmp_path) as store, pytest.raises(CorollaryError, match="cannot be read"):
        list(store.problems())
