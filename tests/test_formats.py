"""Formats: what a trainer reads from a row is what the pair says, or the row is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from trainer_readers import (
    read_axolotl,
    read_llama_factory,
    read_openai,
    read_swift,
    read_trl,
    said,
)

from corollary_agent.trace import Message
from corollary_datagen.exports.formats import FORMATS, axolotl, load_format, sides
from corollary_datagen.exports.formats.writing import write_format
from corollary_datagen.pair import PreferencePair
from corollary_datagen.unpaired import UnpairedRow
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

USER: Message = {"role": "user", "content": "∀ x: what is 48/2?\u2028"}
SYSTEM: Message = {"role": "system", "content": "Use the tools."}


def call(*calls: tuple[str, dict[str, Any]], words: str = "", first: int = 1) -> Message:
    rows: list[Any] = [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(calls, first)
    ]
    return {"role": "assistant", "content": words, "tool_calls": rows}


def result(text: str, number: int = 1) -> Message:
    return {"role": "tool", "tool_call_id": f"call_{number}", "content": text}


def words(text: str) -> Message:
    return {"role": "assistant", "content": text}


CALC = ("calculate", {"expression": "48/2"})
SOLVE = ("solve", {"equations": ["x = 1"], "unknowns": []})
STEP = ((SYSTEM, USER), (call(CALC),), (call(("calculate", {"expression": "2/48"})),))
LATER = ((SYSTEM, USER, call(CALC), result("24")), (words("24"),), (call(CALC, first=2),))
OUTCOME = ((USER,), (call(CALC), result("24"), words("24")), (words("25"),))
PARALLEL = (
    (USER, call(CALC, SOLVE), result("x = 1", 2), result("24", 1)),
    (words("24"),),
    (words("1"),),
)
SPOKEN = ((USER,), (call(CALC, words="Let me see."),), (words("No."),))
TEXT = ((SYSTEM, USER), (words('calculate("48/2")'),), (words('calculate("2/48")'),))
SHAPES = {
    "step": STEP,
    "later": LATER,
    "outcome": OUTCOME,
    "parallel": PARALLEL,
    "spoken": SPOKEN,
    "text": TEXT,
}
TAKEN = {
    "trl": {"step", "later", "outcome", "parallel", "spoken", "text"},
    "ms-swift": {"step", "later", "outcome", "parallel", "spoken", "text"},
    "llama-factory": {"step", "later", "text"},
    "axolotl": {"text"},
    "openai": {"step", "later", "parallel", "spoken", "text"},
}


def make(shape: str, toolkit: Toolkit | None = None, **changes: Any) -> PreferencePair:
    prompt, chosen, rejected = SHAPES[shape]
    tools = toolkit.schemas() if toolkit and shape != "text" else ()
    fields = {"prompt": prompt, "chosen": chosen, "rejected": rejected, "tools": tools, **changes}
    return PreferencePair(
        kind="step", problem_id="p", family="f", chosen_trace="a", rejected_trace="b", **fields
    )


def ordered(history: list[Message]) -> list[Message]:
    """Results in the order of their calls: what is read by position alone must stand so."""
    return list(sides.results_in_order(history))


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_trainer_reads_is_what_the_pair_says(
    name: str, shape: str, toolkit: Toolkit
) -> None:
    form, pair = load_format(name), make(shape, toolkit)
    reason = form.refusal(pair)
    assert (reason is None) == (shape in TAKEN[name]), reason
    if reason is not None:
        with pytest.raises(ValueError, match=reason[:20]):
            form.row(pair)
        return
    row = json.loads(json.dumps(form.row(pair)))
    whole = [*pair.prompt, *pair.chosen], [*pair.prompt, *pair.rejected]
    if name == "trl":
        assert read_trl(row) == (said(whole[0]), said(whole[1]))
        assert json.loads(row["tools"]) == list(pair.tools)
    elif name == "ms-swift":
        assert read_swift(row) == (said(ordered(whole[0])), said(ordered(whole[1])))
    elif name == "openai":
        assert read_openai(row) == (said(whole[0]), said(whole[1]))
    elif name == "llama-factory":
        entry = json.loads(form.settings({"train": "train.jsonl"})["dataset_info.json"])
        read = read_llama_factory(row, entry["corollary_train"])
        assert read == (said(whole[0]), said(whole[1]))
    else:
        assert read_axolotl(row, chatml) == (chatml(whole[0]), chatml(whole[1]))


def chatml(messages: list[Any], ask: bool = False) -> str:
    told = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return f"{told}<|im_start|>assistant\n" if ask else told.rstrip()


def test_axolotl_would_really_lose_what_is_refused(toolkit: Toolkit) -> None:
    """The reader of its loader shows the loss, so that the refusals are not for nothing."""
    form = load_format("axolotl")
    for shape in ("step", "later", "outcome"):
        pair = make(shape, toolkit)
        assert form.refusal(pair) == axolotl.CALLS
        chosen, _ = read_axolotl(form.make(pair), chatml)
        assert "48/2" not in chosen.split("what is 48/2?")[1]
    trimmed = make("text", chosen=(words(" 24"),))
    assert form.refusal(trimmed) == axolotl.TRIMMED

    def trimming(messages: list[Any], ask: bool = False) -> str:
        return chatml([{**m, "content": m["content"].strip()} for m in messages], ask)

    lost, _ = read_axolotl(form.make(trimmed), trimming)
    assert lost.endswith("assistant\n>"), "all but the last sign is gone"
    assert form.refusal(make("text", chosen=(words("dummy"),))) == axolotl.DUMMY
    assert form.refusal(make("text", tools=toolkit.schemas())) == axolotl.TOOLS


@pytest.mark.parametrize("name", TAKEN)
def test_rows_that_nobody_can_learn_from_are_refused(name: str) -> None:
    form = load_format(name)
    assert form.refusal(make("text", chosen=(words(""),))) == sides.EMPTY
    assert form.refusal(make("text", chosen=())) == sides.EMPTY
    assert form.refusal(make("text", rejected=TEXT[1])) == sides.EQUAL


@pytest.mark.parametrize("name", ["ms-swift", "llama-factory", "openai"])
def test_calls_without_their_results_are_refused(name: str) -> None:
    form = load_format(name)
    lone = make("later", prompt=(USER, call(CALC, SOLVE), result("24")))
    foreign = make("later", prompt=(USER, call(CALC), result("24", 7)))
    assert form.refusal(lone) == form.refusal(foreign) == sides.UNANSWERED


@pytest.mark.parametrize("name", ["ms-swift", "llama-factory", "openai", "axolotl"])
def test_what_a_format_has_no_place_for_is_refused(name: str) -> None:
    form = load_format(name)
    pictures: Message = {"role": "user", "content": [{"type": "image", "image": "x.png"}]}
    assert form.refusal(make("text", prompt=(pictures,))) == sides.PARTS
    thought: Message = {**words("24"), "reasoning_content": "because"}
    assert form.refusal(make("text", chosen=(thought,))) == sides.MORE
    assert form.refusal(make("text", chosen=({**words("24"), "refusal": None},))) is None
    if name != "axolotl":
        loose: Any = call(CALC)
        loose["tool_calls"][0]["function"]["arguments"] = "48/2"
        assert form.refusal(make("step", chosen=(loose,))) == sides.ARGUMENTS


@pytest.mark.parametrize("name", ["ms-swift", "llama-factory"])
@pytest.mark.parametrize("where", ["prompt", "call"])
def test_signs_that_a_loader_reads_as_files_are_refused(name: str, where: str) -> None:
    told = ("calculate", {"expression": "<image>"})
    pair = make("step", chosen=(call(told),))
    if where == "prompt":
        pair = make("step", prompt=({"role": "user", "content": "see <video>"},))
    assert "reads as a file" in str(load_format(name).refusal(pair))


def test_openai_refuses_names_that_its_service_refuses(toolkit: Toolkit) -> None:
    form = load_format("openai")
    assert "name" in str(form.refusal(make("step", chosen=(call(("two words", {})),))))
    assert "128" in str(form.refusal(make("step", tools=toolkit.schemas()[:1] * 129)))
    assert "end" in str(form.refusal(make("step", prompt=(USER, words("so")))))
    assert form.row(make("parallel", toolkit))["input"]["parallel_tool_calls"] is True


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(CorollaryError) as told:
        load_format("ms_swift")
    assert "ms-swift" in told.value.remedy
    assert {load_format(name).name for name in FORMATS} == set(FORMATS)


def test_files_are_written_with_their_settings(tmp_path: Path, toolkit: Toolkit) -> None:
    rows = {"train": [make(shape, toolkit) for shape in SHAPES], "validation": [make("outcome")]}
    done = write_format(load_format("llama-factory"), rows, tmp_path / "out")
    assert (done.rows, sum(done.refused.values())) == (3, 4)
    assert sorted(p.name for p in tmp_path.rglob("*")) == [
        "README.md", "dataset_info.json", "out", "train.jsonl",
    ]  # fmt: skip
    readme = (tmp_path / "out" / "README.md").read_text()
    for reason, count in done.refused.items():
        assert f"- {count}: {reason}" in readme
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text())
    assert list(info) == ["corollary_train"]
    assert info["corollary_train"]["file_name"] == "train.jsonl"


def test_a_format_that_can_say_nothing_is_refused_by_name(tmp_path: Path, toolkit: Toolkit) -> None:
    rows = {"train": [make("step", toolkit), make("outcome", toolkit)]}
    with pytest.raises(CorollaryError) as told:
        write_format(load_format("axolotl"), rows, tmp_path / "out")
    assert told.value.what.startswith("axolotl")
    assert f"2 rows: {axolotl.CALLS}" in told.value.because
    assert "--form text" in told.value.remedy
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["trl", "ms-swift", "llama-factory", "openai"])
def test_hostile_text_keeps_one_line_a_row(name: str, tmp_path: Path) -> None:
    nasty = '\x00\u2028\u2029\x85\udc80 "\n\r</script> ' + "y" * 100_000
    pair = make("text", prompt=({"role": "user", "content": nasty},))
    write_format(load_format(name), {"train": [pair, pair]}, tmp_path / "out")
    with (tmp_path / "out" / "train.jsonl").open(encoding="utf-8", newline="\n") as file:
        lines = [json.loads(line) for line in file]
    assert lines == [load_format(name).row(pair)] * 2


def test_trl_renders_every_call_of_a_loaded_row(tmp_path: Path, toolkit: Toolkit) -> None:
    """The README's own code, then TRL's own rendering with a real tokenizer."""
    from chains import tiny_tokenizer
    from trl.data_utils import apply_chat_template, is_conversational

    shapes = ("step", "later", "outcome", "parallel")
    pairs = [make(shape, toolkit) for shape in shapes]
    write_format(load_format("trl"), {"train": pairs}, tmp_path / "out")
    loaded = loaded_by_readme(tmp_path / "out", "pairs")["train"]
    for pair, row in zip(pairs, loaded, strict=True):
        assert row["chosen"] == list(pair.chosen)
        assert is_conversational(row)
        sides_only = {key: row[key] for key in ("prompt", "chosen", "rejected")}
        shown = apply_chat_template(sides_only, tiny_tokenizer(), tools=json.loads(row["tools"]))
        for name, arguments in [c for m in pair.chosen for c in said([m])[0][2]]:
            assert name in shown["chosen"]
            assert str(next(iter(json.loads(arguments).values()))) in shown["chosen"]


def loaded_by_readme(folder: Path, name: str) -> Any:
    code = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    found: dict[str, Any] = {}
    here = code.replace("'train.jsonl'", repr(str(folder / "train.jsonl")))
    exec(here, found)
    return found[name]


def test_kto_rows_are_read_by_trl(tmp_path: Path, toolkit: Toolkit) -> None:
    from trl.data_utils import is_conversational

    rows = [unpaired(toolkit, label=label) for label in (True, False)]
    form = load_format("trl-kto")
    done = write_format(form, {"train": [*rows, unpaired(toolkit, weight=0.5)]}, tmp_path / "out")
    assert (done.rows, len(done.refused)) == (2, 1)
    loaded = loaded_by_readme(tmp_path / "out", "rows")["train"]
    assert [row["label"] for row in loaded] == [True, False]
    for row, source in zip(loaded, rows, strict=True):
        assert is_conversational(row)
        assert row["completion"] == list(source.completion)
        assert json.loads(row["tools"]) == list(source.tools)


def unpaired(toolkit: Toolkit, **changes: Any) -> UnpairedRow:
    fields = {"label": True, "prompt": OUTCOME[0], "completion": OUTCOME[1], **changes}
    return UnpairedRow(problem_id="p", family="f", tools=toolkit.schemas(), trace="t", **fields)
