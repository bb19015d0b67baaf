"""Problem sources: each published format, one's own files, the Hub's rows, splits and limits."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from source_rows import (
    AR_LSAT,
    DRAW,
    FOLIO,
    GSM8K,
    KNIGHTS,
    LOGICAL_DEDUCTION,
    MAWPS,
    PROOFWRITER,
    ROWS,
    SVAMP,
    write_rows,
)

from corollary_agent.problem import Problem
from corollary_datagen.sources import load_problems, source_names, validate
from corollary_datagen.sources.chains import read_chain
from corollary_datagen.sources.index import load_format
from corollary_datagen.sources.row import Row
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit


def load_one(data: Path, source: str, row: dict[str, Any]) -> Problem:
    write_rows(data, source, [row])
    (problem,) = load_problems(source, data=data)
    return problem


@pytest.mark.parametrize("source", ROWS)
def test_every_format_is_read_and_its_gold_answer_accepted(
    source: str, tmp_path: Path, toolkit: Toolkit
) -> None:
    problem = load_one(tmp_path, source, ROWS[source])
    assert problem.source == source
    assert problem.split == "train"
    assert problem.answer is not None
    assert problem.answer.kind == problem.asks
    assert problem.id.startswith(f"{source}/train/")
    assert problem.licence != "unknown"
    assert validate([problem], toolkit.workers) == []


def test_names_hold_every_source() -> None:
    assert set(ROWS) <= set(source_names())
    assert {"generated", "jsonl:PATH", "gym:FAMILY"} <= set(source_names())


def test_gsm8k_keeps_an_exact_chain_only(tmp_path: Path) -> None:
    assert load_one(tmp_path, "gsm8k", GSM8K).meta == {"chain": ["12*4=48", "48-8=40"]}
    for old, new in (("<<48-8=40>>", "<<48-8=39>>"), ("<<12*4=48>>", ""), ("#### 40", "#### 41")):
        row = GSM8K | {"answer": GSM8K["answer"].replace(old, new)}
        assert load_one(tmp_path, "gsm8k", row).meta == {}


@pytest.mark.parametrize(
    ("written", "value"), [("1,200", "1200"), ("-3", "-3"), ("2.50", "2.5"), (".5", "0.5")]
)
def test_gsm8k_answers_are_numbers(written: str, value: str, tmp_path: Path) -> None:
    problem = load_one(tmp_path, "gsm8k", GSM8K | {"answer": f"So.\n#### {written}"})
    assert problem.answer is not None
    assert problem.answer.value == value


def test_a_theory_is_its_sentences_and_truth_is_no_choice(tmp_path: Path) -> None:
    problem = load_one(tmp_path, "proofwriter", PROOFWRITER)
    assert problem.statements == (
        "The owl is wet.",
        "Tim does not see the bald eagle.",
        "If something is wet then it is sad.",
    )
    assert problem.question == PROOFWRITER["question"]
    assert (problem.asks, problem.options, problem.answer) == (
        "truth",
        (),
        problem.answer.model_copy(update={"value": "False"}) if problem.answer else None,
    )
    assert problem.family == "proofwriter:RelNeg-OWA-D5-1"


def test_an_ordering_begins_with_its_objects(tmp_path: Path) -> None:
    problem = load_one(tmp_path, "logical_deduction", LOGICAL_DEDUCTION)
    assert problem.statements[0].startswith("On a wall, there are three cats:")
    assert len(problem.statements) == 3
    assert problem.options[2] == "The black cat is the second from the left."
    assert problem.answer is not None
    assert problem.answer.value == "C"
    assert "C) The black cat is the second from the left." in problem.text


def test_single_letters_end_sentences_and_titles_do_not(tmp_path: Path) -> None:
    assert load_one(tmp_path, "ar_lsat", AR_LSAT).statements[1:] == (
        "K sings before L.",
        "Dr. Fox listens.",
        "M sings third.",
    )


def test_folio_rows_of_the_repository_and_of_the_hub_are_one(tmp_path: Path) -> None:
    listed = load_one(tmp_path, "folio", FOLIO)
    lines = {key: "\n".join(FOLIO[key]) for key in ("premises", "premises-FOL")}  # type: ignore[arg-type]
    assert load_one(tmp_path, "folio", FOLIO | lines) == listed
    assert listed.statements == ("All poets read.", "Ann is a poet.")
    assert listed.meta["conclusion"] == "Read(ann)"
    uncertain = load_one(tmp_path, "folio", FOLIO | {"label": "Uncertain"})
    assert uncertain.answer is not None
    assert uncertain.answer.value == "Unknown"


def test_every_inhabitant_speaks_once(tmp_path: Path) -> None:
    problem = load_one(tmp_path, "knights_knaves", KNIGHTS)
    assert problem.statements == (
        'Ann said, "If Bo is a knight then Cy is a knave."',
        '"Cy is a knave," Bo declared.',
        '"Bo is not a knave" - Cy.',
    )
    assert problem.question == "So who is a knight and who is a knave?"
    assert problem.answer is not None
    assert problem.answer.value == {"Ann": "knight", "Bo": "knave", "Cy": "knave"}


def test_an_open_clause_is_joined_to_its_question(tmp_path: Path) -> None:
    problem = load_one(tmp_path, "svamp", SVAMP)
    assert problem.question.endswith("If 12 of them are eaten, how many nuts are left?")
    assert problem.meta == {"equations": ["x = (30 - 12)"], "chain": ["(30-12)=18"]}


def test_rounded_answers_become_exact_where_the_equations_say_so(tmp_path: Path) -> None:
    draw = load_one(tmp_path, "equations", DRAW)
    mawps = load_one(tmp_path, "equations", MAWPS)
    assert draw.answer is not None
    assert mawps.answer is not None
    assert (draw.answer.value, mawps.answer.value) == ("15/7", "13/6")
    assert mawps.meta["equations"] == ["x = 2.5 - (1/3)"]
    wrong = load_one(tmp_path, "equations", DRAW | {"ans": [2.5]})
    assert wrong.answer is not None
    assert wrong.answer.value == "2.5"
    assert wrong.meta == {}


def test_a_split_is_a_stem_or_every_stem_that_ends_in_it(tmp_path: Path) -> None:
    for name in ("a_train.json", "b-train.json", "strain.json", "c_dev.jsonl"):
        write_rows(tmp_path, "gsm8k", [GSM8K], name)

    def stems(split: str) -> list[str]:
        return [p.id.split("/")[1] for p in load_problems("gsm8k", split=split, data=tmp_path)]

    assert stems("train") == ["a_train", "b-train"]
    assert stems("a_train") == ["a_train"]
    assert stems("dev") == ["c_dev"]
    write_rows(tmp_path, "gsm8k", [GSM8K], "train.jsonl")
    assert stems("train") == ["train"]


def test_limit_takes_the_first_and_a_seed_shuffles(tmp_path: Path) -> None:
    write_rows(tmp_path, "gsm8k", [GSM8K] * 50, "train.jsonl")

    def numbers(seed: int, limit: int | None) -> list[int]:
        problems = load_problems("gsm8k", data=tmp_path, limit=limit, seed=seed)
        return [int(problem.id.rsplit("/")[-1]) for problem in problems]

    assert numbers(0, 5) == [1, 2, 3, 4, 5]
    assert numbers(3, 5) == numbers(3, None)[:5] != numbers(4, 5)
    assert sorted(numbers(3, None)) == list(range(1, 51))


def test_ones_own_problems(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"question": "What is 2+2?", "answer": 4, "id": "four", "licence": "CC0"},
        {"question": "Is it so?", "statements": ["It is so."], "answer": True},
        {"question": "Which?", "options": ["this", "that"], "answer": "that", "family": "mine"},
        {"question": "Who?", "answer": {"ann": "knight"}},
        {"question": "Both roots?", "answer": [1, "2/3"]},
        {"question": "Expand.", "answer": "x^2 + 1", "domain": "math"},
        {"question": "Open.", "answer": None, "asks": "number"},
    ]
    path = write_rows(tmp_path, "mine", rows, "problems.jsonl")
    problems = load_problems(f"jsonl:{path}", split="test")
    assert [p.asks for p in problems] == [
        "number", "truth", "choice", "assignment", "set", "expression", "number",
    ]  # fmt: skip
    assert problems[0].id == "jsonl/problems/four"
    assert problems[2].family == "mine"
    assert [p.answer.value for p in problems if p.answer] == [
        "4", "True", "B", {"ann": "knight"}, ["1", "2/3"], "x^2 + 1",
    ]  # fmt: skip
    assert problems[6].answer is None
    assert {p.split for p in problems} == {"test"}


def test_the_rows_on_the_page_are_read(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "problems.md"
    (rows,) = re.findall(r"^```json\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    path = tmp_path / "mine.jsonl"
    path.write_text(rows, encoding="utf-8")
    assert [p.asks for p in load_problems(f"jsonl:{path}")] == ["number", "truth", "choice"]


@pytest.mark.parametrize(
    ("source", "split", "place"),
    [
        ("gsm8k", "test", ("main", "test")),
        ("proofwriter", "dev", (None, "validation")),
        ("knights_knaves", "5ppl_train", ("train", "5ppl")),
        ("folio", "validation", (None, "validation")),
    ],
)
def test_splits_have_their_names_on_the_hub(
    source: str, split: str, place: tuple[str | None, str]
) -> None:
    hub = load_format(source).hub
    assert hub is not None
    assert hub.place(split) == place


def test_the_hubs_rows_are_read_as_the_files_are() -> None:
    row = SVAMP | {"Answer": "18.0", "question_concat": "..."}
    problem = load_format("svamp").read(Row(row, "svamp", "train", "hub:x", "train", 1))
    assert problem.answer is not None
    assert problem.answer.value == "18"


def test_without_a_directory_a_set_without_a_public_name_says_so() -> None:
    with pytest.raises(CorollaryError) as caught:
        load_problems("ar_lsat")
    assert "--data DIR" in caught.value.remedy
    assert caught.value.exit_code == 2


def test_an_unreachable_hub_says_what_to_do(tmp_path: Path) -> None:
    code = (
        "from corollary_datagen.sources import load_problems\n"
        "try: load_problems('gsm8k')\n"
        "except Exception as error: print(type(error).__name__, error.exit_code, error)\n"
    )
    said = run_python(code, {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path)})
    assert said.startswith("CorollaryError 3 cannot load openai/gsm8k")
    assert "try: --data DIR" in said


def run_python(code: str, environment: dict[str, str]) -> str:
    plain = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=plain | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return done.stdout


def test_a_chain_keeps_a_step_that_calculates_nothing_where_the_answer_hangs_on_it() -> None:
    solution = (
        "They had 100*2 = <<100*2=200>>200.\nWith six more there are <<206=206>>206.\n#### 206"
    )
    assert read_chain(solution, "206") == ["100*2=200", "206=206"]
    solution = "He has <<3=3>>3, so 3*7 = <<3*7=21>>21.\n#### 21"
    assert read_chain(solution, "21") == ["3*7=21"]
