"""The doctor passes what acts as it was trained and names what does not, family by family."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chains import call, logic_chain, result, save_untrained
from command import run

from corollary_tools.toolkit import load_toolkit
from corollary_training.doctor.examination import Examined, examine
from corollary_training.doctor.patient import Patient, load_patient
from corollary_training.doctor.rows import Row

FIT = (
    "qwen2_5",
    "qwen3",
    "qwen3_instruct_2507",
    "qwen3_5_think",
    "qwen3_5_nothink",
    "llama3_1",
    "llama3_2",
    "mistral",
    "gptoss",
)
with load_toolkit("logic") as _toolkit:
    SERVED = {schema["function"]["name"]: schema for schema in _toolkit.schemas()}
TOOLS = tuple(SERVED[name] for name in ("premise", "prove"))


def row(*completion: dict[str, Any], tools: tuple[dict[str, Any], ...] = TOOLS) -> Row:
    """A row whose prompt is the problem and its first step."""
    chain = logic_chain()
    return Row("a row", tuple(chain[:3]), completion or tuple(chain[3:]), tools)


def look(patient: Patient, given: Row) -> Examined:
    return examine(patient, given, SERVED)


def kinds(patient: Patient, given: Row) -> set[str]:
    return {fault.kind for fault in look(patient, given).faults}


@pytest.fixture(scope="module")
def qwen() -> Patient:
    return load_patient("template:qwen3")


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("student"))


@pytest.mark.parametrize("family", FIT)
def test_a_chain_is_a_fixed_point_of_each_familys_template(family: str) -> None:
    patient = load_patient(f"template:{family}")
    examined = look(patient, row())
    assert examined.faults == ()
    kept = [i for i, m in zip(examined.rendered.ids, examined.rendered.mask, strict=True) if m]
    text = patient.tokenizer.decode(kept)
    assert "prove" in text
    assert "blue(cow)" in text
    assert "from 1" not in text
    assert "The cow is blue" not in text


def test_our_own_student_is_fit(student: Path) -> None:
    assert kinds(load_patient(str(student)), row(tools=())) == set()


@pytest.mark.parametrize(
    ("kind", "completion"),
    [
        ("untrained", [result("a tool's word")]),
        ("null", [call("prove", {"conclusion": "a", "premises": None})]),
        ("control", [{"role": "assistant", "content": "True <|im_end|> and on"}]),
        ("changed", [call("prove", '{"conclusion": "a"}')]),  # type: ignore[arg-type]
        ("schema", [call("unheard_of", {})]),
        ("dropped_call", [call("prove", {"conclusion": "</tool_call>", "premises": []})]),
    ],
)
def test_each_fault_is_named(kind: str, completion: list[dict[str, Any]], qwen: Patient) -> None:
    assert kind in kinds(qwen, row(*completion))


def test_a_schema_in_another_order_is_another_schema(qwen: Patient) -> None:
    turned = {"function": TOOLS[0]["function"], "type": "function"}
    faults = look(qwen, row(tools=(turned, TOOLS[1]))).faults
    assert [(f.kind, f.sentence) for f in faults] == [
        ("schema", "premise is served with its keys in another order")
    ]


def test_a_template_that_rewrites_the_past_is_told() -> None:
    assert "template" in kinds(load_patient("template:qwen3-stock"), row())


def test_marks_around_what_a_tool_said_are_seen(qwen: Patient) -> None:
    template = qwen.tokenizer.chat_template
    spoiled = load_patient("template:qwen3")
    opened = "{{- '\\n<tool_response>\\n' }}"
    assert opened in template
    spoiled.tokenizer.chat_template = template.replace(
        opened, opened + "{% generation %}{{ 'heard' }}{% endgeneration %}"
    )
    chain = logic_chain()
    given = Row("a row", tuple(chain[:1]), tuple(chain[1:]), TOOLS)
    assert "tool_token" in kinds(spoiled, given)


def test_a_row_beyond_the_context_is_told(student: Path) -> None:
    config = json.loads((student / "config.json").read_text())
    long = {"role": "user", "content": "cow " * config["max_position_embeddings"]}
    given = Row("a row", (long,), tuple(logic_chain()[1:]))
    assert kinds(load_patient(str(student)), given) == {"too_long"}


def test_the_command_passes_and_refuses(student: Path, tmp_path: Path) -> None:
    good = {"messages": logic_chain()}
    bad = {"messages": [logic_chain()[0], call("premise", {"n": 1, "formula": None})]}
    data = tmp_path / "rows.jsonl"
    data.write_text(json.dumps(good) + "\n", encoding="utf-8")
    passed = run("doctor", str(student), str(data), "--show", "1")
    assert passed.exit_code == 0, passed.stderr
    assert "rows with a fault\t0" in passed.stdout
    assert "⟦True" in passed.stderr
    data.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n", encoding="utf-8")
    refused = run("doctor", str(student), str(data), "--json")
    assert refused.exit_code == 1
    body = json.loads(refused.stdout)
    assert [found["kind"] for found in body["faults"]] == ["null"]
    assert body["faults"][0]["examples"] == ["line 2: message 1, premise: formula is null"]


@pytest.mark.parametrize(
    ("text", "word"),
    [("nonsense\n", "rows.jsonl:1"), ("{}\n", "neither messages"), ("", "no row to examine")],
)
def test_what_is_no_dataset_is_said(text: str, word: str, student: Path, tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl"
    data.write_text(text, encoding="utf-8")
    told = run("doctor", str(student), str(data))
    assert told.exit_code in (2, 3)
    assert word in told.stderr


def test_a_rejected_side_may_be_what_nobody_should_write(qwen: Patient) -> None:
    chain = logic_chain()
    for wrong in (call("unheard_of", {}), {"role": "assistant", "content": '<tool_call>{"nam'}):
        sides = [Row("a row", tuple(chain[:1]), (wrong,), TOOLS, liked) for liked in (True, False)]
        assert look(qwen, sides[0]).faults
        assert look(qwen, sides[1]).faults == ()
