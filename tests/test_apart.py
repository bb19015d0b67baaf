"""Problems apart from evaluation sets: how a set is named, what is dropped, where it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import assert_told, run
from handmade import COW, STORY

from corollary_agent.problem import Problem
from corollary_datagen.sources.apart import find_alike, read_set
from corollary_datagen.store import open_store

QUESTION = "Ann sold 48 clips in April and half as many in May. How many in all?"


@pytest.mark.parametrize(
    ("text", "source", "split"),
    [
        ("gsm8k", "gsm8k", "dev"),
        ("gsm8k:test", "gsm8k", "test"),
        ("generated", "generated", "dev"),
        ("generated:test", "generated", "test"),
        ("generated:theories@2,stories", "generated:theories@2,stories", "dev"),
        ("generated:theories:test", "generated:theories", "test"),
        ("generated:storys", "generated:storys", "dev"),
        ("generated:heldout", "generated", "heldout"),
        ("gym:gcd", "gym:gcd", "dev"),
        ("gym:gcd,lcm:test", "gym:gcd,lcm", "test"),
        ("twins:gsm8k:test", "gsm8k", "test"),
        ("twins:generated:stories", "generated:stories", "dev"),
        ("jsonl:own.jsonl", "jsonl:own.jsonl", "dev"),
        ("jsonl:own.jsonl:test", "jsonl:own.jsonl", "test"),
        ("gsm8k:", "gsm8k", "dev"),
    ],
)
def test_the_last_word_is_a_split_where_it_belongs_to_no_source(
    text: str, source: str, split: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.jsonl").touch()
    assert read_set(text) == (source, split)


def own(path: Path, *questions: str) -> str:
    rows = (json.dumps({"question": question, "answer": 72}) for question in questions)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return f"jsonl:{path}"


def named(problem: Problem, id_: str, **changes: object) -> Problem:
    return problem.model_copy(update={"id": id_, **changes})


def test_what_is_dropped_is_told_with_its_reason_and_without_paths(tmp_path: Path) -> None:
    other = named(COW, "b", family="b")
    apart = find_alike([STORY, other], [own(tmp_path / "exam.jsonl", QUESTION.upper())])
    assert list(apart.dropped) == ["story"]
    report = apart.report
    assert report.problems_dropped == {"text": 1}
    assert (report.problems_kept, report.compared_with) == (1, {"jsonl:exam.jsonl": 1})
    assert report.examples[0].startswith("story is like ")
    assert report.examples[0].endswith("(text)")
    assert str(tmp_path) not in report.model_dump_json()


def test_twins_go_with_what_they_are_twins_of(tmp_path: Path) -> None:
    words = "Of the marbles that he had found near the old mill Bert lost"
    exam = own(tmp_path / "exam.jsonl", QUESTION)
    twin = named(STORY, "story/twin/0", question=f"{words} 3. And then?", family="x")
    other = named(STORY, "story/twin/1", question="How so?", family="y")
    free = named(STORY, "story2", question="What is it?", family="z")
    apart = find_alike([twin, STORY, other, free], [exam])
    assert set(apart.dropped) == {"story", "story/twin/0", "story/twin/1"}
    assert apart.report.problems_dropped == {"text": 1, "twin": 2}
    back = find_alike([STORY.model_copy(update={"question": "Why?"}), twin], [
        own(tmp_path / "other.jsonl", f"{words} 3. And then?")
    ])  # fmt: skip
    assert back.report.problems_dropped == {"text": 1, "twin": 1}


@pytest.fixture
def rolled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    args = ("-m", "expert:0.5", "--source", "generated:stories", "-n", "6", "-o", "r", "--quiet")
    assert run("rollout", *args).exit_code == 0
    assert run("grade", "r", "--quiet").exit_code == 0
    return tmp_path / "r"


def test_pairs_of_problems_like_an_evaluation_set_are_not_made(rolled: Path) -> None:
    whole = json.loads(run("pairs", "r", "--unpaired", "--json", "--dry-run").stdout)
    assert whole["decontamination"] is None
    with open_store(rolled, write=False) as store:
        problems = {problem.id: problem for problem in store.problems()}
        first = next(iter(problems.values()))
    exam = own(rolled.parent / "exam.jsonl", first.text)
    told = run("pairs", "r", "--unpaired", "--apart-from", exam, "--export", "out", "--json")
    assert told.exit_code == 0, told.stderr
    report = json.loads(told.stdout)["decontamination"]
    assert report["problems_dropped"] == {"text": 1}
    assert "apart from jsonl:exam.jsonl (1 problems): dropped 1 of 6 problems: 1 by" in told.stderr
    assert f"dropped {first.id} is like " in told.stderr
    with open_store(rolled, write=False) as store:
        kept = {p.problem_id for p in store.pairs()} | {r.problem_id for r in store.unpaired()}
    assert kept
    assert kept == {p for p in kept if p != first.id}
    manifest = json.loads(Path("out/manifest.json").read_text("utf-8"))
    assert manifest["decontamination"] == report
    card = Path("out/README.md").read_text("utf-8")
    assert "## Decontamination" in card
    assert "| problems_kept | 5 |" in card
    assert "--apart-from jsonl:exam.jsonl" in card


def test_nothing_is_written_where_nothing_is_left(rolled: Path) -> None:
    assert run("pairs", "r").exit_code == 0
    with open_store(rolled, write=False) as store:
        before = list(store.pairs())
    same = "generated:stories:train"
    assert_told(run("pairs", "r", "--apart-from", same), 3, "no problem is left", same)
    with open_store(rolled, write=False) as store:
        assert list(store.pairs()) == before


def test_a_rollout_drops_them_before_anything_is_paid_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    args = ("rollout", "-m", "expert", "--samples", "1", "-o", "r")
    some = own(tmp_path / "some.jsonl", QUESTION, "What is 3 + 4?")
    exam = own(tmp_path / "exam.jsonl", QUESTION)
    done = run(*args, "--source", some, "--apart-from", exam)
    assert done.exit_code == 0, done.stderr
    assert "1 of 1 rollouts" in done.stdout
    assert "dropped 1 of 2 problems: 1 by" in done.stderr
    with open_store(tmp_path / "r", write=False) as store:
        assert [problem.question for problem in store.problems()] == ["What is 3 + 4?"]
    plan = run(*args, "--source", some, "--apart-from", exam, "--dry-run")
    assert "1 problems x 1 samples" in plan.stdout
    assert_told(run(*args, "--source", exam, "--apart-from", exam), 3, "no problem is left")


def test_a_set_that_is_not_there_is_told_with_its_name(rolled: Path) -> None:
    for word, told in (
        ("gsm9k", "unknown problem source"),
        ("jsonl:nope.jsonl", "nope.jsonl"),
        ("generated:storys", "stories"),
    ):
        assert_told(run("pairs", "r", "--apart-from", word), 2, f"--apart-from {word}", told)
    data = rolled.parent / "data" / "gsm8k"
    data.mkdir(parents=True)
    row = {"question": "1 + 1?", "answer": "It is 2 #### 2"}
    (data / "test.json").write_text(json.dumps([row]), encoding="utf-8")
    asked = ("pairs", "r", "--data", str(data.parent), "--apart-from", "gsm8k")
    assert_told(run(*asked), 2, 'no split "dev"', "--apart-from gsm8k:test")
    assert run(*asked[:-1], "gsm8k:test", "--dry-run").exit_code == 0
