"""Recorded outputs into a store: replayed, matched, counted, and never twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded_logs import MESSAGES, QUESTION, write_lines

from corollary_agent.replay import replay_trace
from corollary_agent.trace import Trace
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.imports.counts import Import
from corollary_datagen.imports.equations import stated_result
from corollary_datagen.imports.foreign import is_foreign
from corollary_datagen.imports.gsm8k import read_chain
from corollary_datagen.imports.importing import ImportSettings, import_files, read_files
from corollary_datagen.pairs import PairSettings, build_pairs
from corollary_datagen.store import Store, open_store
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

PROBLEM = {"id": "clips", "question": QUESTION, "answer": "19"}
PROSE = {"id": "a", "question": QUESTION, "gold": "19", "model": "small"}
TORA = """```python
def left():
    sold = 48 / 2
    return 48 - sold - 5
print(left())
```
```output
19.0
```
There are $\\boxed{19}$ clips left."""
CHAIN = "She sold 48/2 = <<48/2=24>>24 clips.\nThen 24-5 = <<24-5=19>>19 are left.\n#### 19"
PROGRAM = """Predicates:
Blue($x, bool) ::: Is x blue?
Facts:
Blue(cow, True) ::: The cow is blue.
Rules:
Blue($x, True) >>> Cold($x, False) ::: Blue things are not cold.
Query:
Cold(cow, True) ::: The cow is cold."""
THEORY = {
    "id": "ProofWriter_own-1_Q1",
    "context": "The cow is blue. Blue things are not cold.",
    "question": "Based on the above information, is the following statement true? The cow is cold.",
    "options": ["A) True", "B) False", "C) Unknown"],
    "answer": "B",
    "raw_logic_programs": [PROGRAM],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "run") as opened:
        yield opened


def imported(store: Store, toolkit: Toolkit, path: Path, **settings: Any) -> Import:
    """Import one file."""
    return import_files(store, [path], toolkit, settings=ImportSettings(**settings))


def trace_of(store: Store) -> Trace:
    """The one trace of a store."""
    [trace] = store.traces()
    return trace


def calls(trace: Trace) -> list[str]:
    """The calls of a trace with their results, in short."""
    return [
        f"{call.name} {next(iter(call.arguments.values()))} -> {seen.text}"
        for step in trace.steps
        for call, seen in zip(step.calls, step.observations, strict=True)
    ]


def test_python_becomes_calls_that_need_each_other(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    row = {"idx": 1, "question": QUESTION, "gt": "19", "code": [TORA], "pred": ["19"]}
    result = imported(store, toolkit, write_lines(tmp_path / "tora" / "tora-7b.jsonl", row))
    trace = trace_of(store)
    assert calls(trace) == ["calculate 48 / 2 -> 24", "calculate 48 - 24 - 5 -> 19"]
    assert (trace.model, trace.answer and trace.answer.value) == ("recorded:tora-7b@tora", "19")
    assert trace.recorded_from == "tora, tora-7b.jsonl:1 (unknown)"
    assert result.total.imported == 1


def test_python_that_the_tools_do_not_confirm_is_refused(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    row = {"question": QUESTION, "gt": "19", "code": [TORA.replace("19.0", "21.5")]}
    result = imported(store, toolkit, write_lines(tmp_path / "a.jsonl", row))
    assert list(result.reasons) == ["the tools do not come to what the code printed"]
    assert "19, not 21.5" in next(iter(result.examples.values()))


def test_chains_are_the_gold_model(store: Store, toolkit: Toolkit, tmp_path: Path) -> None:
    row = {"question": QUESTION, "answer": CHAIN}
    imported(store, toolkit, write_lines(tmp_path / "gsm8k" / "train.jsonl", row))
    trace = trace_of(store)
    assert calls(trace) == ["calculate 48/2 -> 24", "calculate 24-5 -> 19"]
    assert [step.content for step in trace.steps][:2] == [
        "She sold 48/2 = 24 clips.",
        "Then 24-5 = 19 are left.",
    ]
    assert trace.model == "recorded:gold@gsm8k"


def test_prose_keeps_the_models_own_mistakes(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    said = {"reasoning": "She sold 48 / 2 = 25 clips. So 25 - 5 = $20.", "answer": "$20"}
    row = {**PROSE, "output": [f"```json\n{json.dumps(said)}\n```"]}
    imported(store, toolkit, write_lines(tmp_path / "zero" / "small.jsonl", row))
    trace = trace_of(store)
    assert calls(trace) == ["calculate 48/2 -> 24", "calculate 25-5 -> 20"]
    assert [stated_result(step) for step in trace.steps] == ["25", "20", None]
    grade_all(store, toolkit.workers)
    assert [verdict.judgement for verdict in store.verdicts()] == ["INCORRECT"]


def test_the_answer_beside_an_output_is_never_taken_for_the_models(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    said = "She sold 48 / 2 = 24 clips. So 24 - 5 = 19, and twice that is 38."
    row = {"question": QUESTION, "answer": "19", "output": [said]}
    result = imported(store, toolkit, write_lines(tmp_path / "small.jsonl", row))
    assert result.reasons == {"no answer can be found in the text": 1}
    row = {**row, "output": [f"{said} \\boxed{{38}}"]}
    imported(store, toolkit, write_lines(tmp_path / "small.jsonl", row))
    grade_all(store, toolkit.workers)
    assert [verdict.judgement for verdict in store.verdicts()] == ["INCORRECT"]


def test_a_recorded_answer_that_cannot_be_read_is_not_wrong(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    work = "48 / 2 = 24, 24 - 5 = 19."
    said = [f"{work} \\boxed{{a handful}}", f"{work} \\boxed{{19 \\text{{ clips}}}}"]
    row = {**PROSE, "output": said}
    imported(store, toolkit, write_lines(tmp_path / "small.jsonl", row))
    grade_all(store, toolkit.workers)
    found = {trace.stop: trace.id for trace in store.traces()}
    verdicts = {verdict.trace_id: verdict for verdict in store.verdicts()}
    assert verdicts[found["answered"]].judgement == "CORRECT"
    assert verdicts[found["refused"]].judgement == "UNDECIDED"
    assert "could not be read" in verdicts[found["refused"]].reason


def test_questions_beside_the_outputs_are_found(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    write_lines(tmp_path / "_questions.jsonl", {"id": "a", "question": QUESTION, "answer": "# 19"})
    row = {"id": "a", "output": ["48/2 = 24, 24 - 5 = 19. \\boxed{19}"]}
    imported(store, toolkit, write_lines(tmp_path / "m.jsonl", row))
    [problem] = store.problems()
    assert problem.answer is not None
    assert (problem.question, problem.answer.value) == (QUESTION, "19")


def test_programs_become_steps_at_the_desk(store: Store, toolkit: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "logic" / "ProofWriter_dev_gpt-4.json"
    path.parent.mkdir()
    path.write_text(json.dumps([THEORY]))
    imported(store, toolkit, path)
    trace = trace_of(store)
    assert [call.split(" ")[0] for call in calls(trace)] == ["premise", "premise", "prove"]
    assert (trace.model, trace.answer and trace.answer.value) == (
        "recorded:gpt-4@logic/ProofWriter",
        "False",
    )
    [problem] = store.problems()
    assert (problem.source, problem.split) == ("proofwriter", "dev")


def test_messages_are_replayed_and_compared(store: Store, toolkit: Toolkit, tmp_path: Path) -> None:
    told = [{**m, "content": "23"} if m.get("tool_call_id") == "c1" else m for m in MESSAGES]
    result = imported(store, toolkit, write_lines(tmp_path / "a.jsonl", {"messages": told}))
    trace = trace_of(store)
    assert calls(trace) == ["calculate 48/2 -> 24", "calculate 24-5 -> 19"]
    assert result.total.different == 1
    assert "'23' is now '24'" in result.differences[0]
    [problem] = store.problems()
    assert replay_trace(trace, problem, toolkit).agrees
    assert result.without_gold == 1


def test_a_call_that_was_broken_is_an_attempt(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    bad = {"id": "x", "function": {"name": "calculate", "arguments": '{"expression": '}}
    wrong = {"id": "y", "function": {"name": "calculate", "arguments": '{"value": 3}'}}
    told = [
        MESSAGES[1],
        {"role": "assistant", "content": "", "tool_calls": [bad]},
        {"role": "assistant", "content": "", "tool_calls": [wrong]},
        {"role": "tool", "tool_call_id": "y", "content": "Bad arguments."},
        *MESSAGES[2:],
    ]
    imported(store, toolkit, write_lines(tmp_path / "a.jsonl", {"messages": told}))
    trace = trace_of(store)
    faults = [attempt.fault for attempt in trace.steps[0].attempts]
    assert faults == ["malformed_call", "bad_arguments"]
    assert calls(trace) == ["calculate 48/2 -> 24", "calculate 24-5 -> 19"]
    assert trace.stop == "answered"


def test_foreign_tools_are_kept_as_recorded_and_make_no_pairs(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    call = {"id": "f", "function": {"name": "look_up", "arguments": {"word": "clip"}}}
    rows = [
        {
            "messages": [
                *MESSAGES[:2],
                {"role": "assistant", "content": "", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "f", "content": "a clip"},
                *MESSAGES[2:6],
                {"role": "assistant", "content": answer},
            ],
            "answer": "19",
        }
        for answer in ("19", "18")
    ]
    result = imported(store, toolkit, write_lines(tmp_path / "a.jsonl", *rows))
    assert result.total.foreign == 2
    first = next(iter(store.traces()))
    assert is_foreign(first)
    assert first.toolkit.startswith("foreign:")
    assert first.steps[0].observations[0].text == "a clip"
    [problem] = store.problems()
    assert replay_trace(first, problem, toolkit).foreign == ("look_up",)
    grade_all(store, toolkit.workers)
    assert list(build_pairs(store, PairSettings(), toolkit=toolkit)) == []


def test_nothing_is_imported_twice(store: Store, toolkit: Toolkit, tmp_path: Path) -> None:
    rows = [{"id": "same", "messages": [*MESSAGES[:-1], {"role": "assistant", "content": a}]}
            for a in ("19", "20", "19")]  # fmt: skip
    path = write_lines(tmp_path / "a.jsonl", *rows)
    first = imported(store, toolkit, path)
    assert (first.total.imported, first.total.kept) == (2, 1)
    moved = write_lines(tmp_path / "b.jsonl", rows[1])
    again = imported(store, toolkit, path)
    assert (again.total.imported, again.total.kept) == (0, 3)
    assert imported(store, toolkit, moved, model="a").total.kept == 1
    assert store.counts()["traces"] == 2


def test_an_import_goes_on_where_it_was_stopped(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    rows = [{**PROSE, "output": [f"{n} + 1 = {n + 1} \\boxed{{{n + 1}}}"]} for n in range(250)]
    path = write_lines(tmp_path / "a.jsonl", *rows)

    def stop(so_far: Import) -> None:
        if so_far.total.imported >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files(store, [path], toolkit, settings=ImportSettings(), on_progress=stop)
    assert store.counts()["traces"] == 100
    rest = imported(store, toolkit, path)
    assert (rest.total.kept, rest.total.imported) == (100, 150)


def test_problems_of_a_source_bring_their_answers(
    store: Store, toolkit: Toolkit, tmp_path: Path
) -> None:
    source = f"jsonl:{write_lines(tmp_path / 'mine.jsonl', PROBLEM)}"
    other = [{**MESSAGES[1], "content": "What is 2+2?"}, *MESSAGES[2:]]
    shouted = [{**MESSAGES[1], "content": QUESTION.upper() + "  "}, *MESSAGES[2:]]
    rows = [{"messages": other}, {"messages": shouted}, {"id": "clips", "messages": other}]
    result = imported(store, toolkit, write_lines(tmp_path / "a.jsonl", *rows), source=source)
    assert result.total.refused == 1
    assert list(result.reasons) == ["no problem of the source has this id or text"]
    assert len(list(store.problems())) == 1
    assert result.total.imported == 2
    grade_all(store, toolkit.workers)
    assert store.counts()["CORRECT"] == result.total.imported


def test_a_look_reads_everything_and_keeps_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"messages": MESSAGES}, "{", {"messages": 3})
    found = read_files([path], ImportSettings())
    assert (found.total.imported, found.total.refused) == (1, 2)
    assert found.examples["the row is not JSON"].startswith(f"{path}:2")


def test_a_file_of_no_format_is_an_error(store: Store, toolkit: Toolkit, tmp_path: Path) -> None:
    with pytest.raises(CorollaryError, match="cannot tell"):
        imported(store, toolkit, write_lines(tmp_path / "a.jsonl", {"x": 1}))
    with pytest.raises(CorollaryError, match="no format"):
        imported(store, toolkit, write_lines(tmp_path / "a.jsonl", {"x": 1}), format="toro")


def test_lines_of_a_chain_without_annotations_are_prose() -> None:
    first = "Half: 48/2=<<48/2=24>>24, less 24-5=<<24-5=19>>19."
    lines = (first, "Well.", "So 19 + 1 = 20.", "End.", "#### 20")
    turns, answer = read_chain("\n".join(lines))
    assert [(t.content, t.moves[0].arguments["expression"]) for t in turns] == [
        ("Half: 48/2=24", "48/2"),
        ("less 24-5=19.", "24-5"),
        ("Well.\nSo 19 + 1 = 20.\nEnd.", "19+1"),
    ]
    assert answer == "20"


def test_latex_in_json_is_no_tabulator(store: Store, toolkit: Toolkit, tmp_path: Path) -> None:
    said = '{"reasoning": "Now \\\\(3 \\times (1 - 0.5) = 1.5\\\\) left.", "answer": "1.5"}'
    imported(store, toolkit, write_lines(tmp_path / "a.jsonl", {**PROSE, "output": [said]}))
    assert calls(trace_of(store)) == ["calculate 3*(1-0.5) -> 1.5"]
