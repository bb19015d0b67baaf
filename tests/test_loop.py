"""The whole loop on a tiny student and a handful of problems: real stages, real files, resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from corollary_datagen.store import open_store
from corollary_tools.errors import CorollaryError
from corollary_training.loop import run_loop, split_problems, student_folder
from corollary_training.loop_result import LoopResult, load_comparison
from corollary_training.recipe import Recipe, load_recipe
from corollary_training.student_recipe import load_student_recipe

NEW = ("tiger", "bear", "mouse", "rabbit", "cat", "dog", "squirrel", "owl", "fox", "goat", "hen")


@pytest.fixture(scope="module")
def recipe(taught: Path, tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    rows = tmp_path_factory.mktemp("rows") / "animals.jsonl"
    written = [
        {
            "id": f"{animal}-{other}",
            "statements": [f"The {animal} is blue."],
            "question": f"is it true? The {other} is blue.",
            "answer": "Unknown",
            "asks": "truth",
            "domain": "logic",
            "family": animal,
        }
        for animal, other in zip(NEW, (*NEW[1:], NEW[0]), strict=True)
        for other in (other, "cow")
    ]
    rows.write_text("".join(json.dumps(row) + "\n" for row in written), encoding="utf-8")
    return Recipe(
        name="tiny",
        toolkit="logic",
        problems={"source": f"jsonl:{rows}", "evaluation_limit": 4, "stop": 2},
        teacher={"model": "expert:0"},
        student={
            "model": f"local:{taught}",
            "samples": 3,
            "sampling": {"max_tokens": 40, "temperature": 1.0},
        },
        train={"learning_rate": 1e-3, "batch": 4},
    )


@pytest.fixture(scope="module")
def run(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LoopResult, set]:
    folder = tmp_path_factory.mktemp("run")
    stages: set[str] = set()

    def listen(stage: str, done: int, total: int, figures: Mapping[str, float]) -> None:
        assert 0 <= done <= total
        stages.add(stage)

    return folder, run_loop(recipe, run_dir=folder, listener=listen), stages


def test_result_json_holds_the_figures_of_all_three(run: tuple[Path, LoopResult, set]) -> None:
    folder, result, stages = run
    written = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    fields = {"accuracy", "low", "high", "n", "valid_call_rate", "steps", "tokens", "ms"}
    for role in ("teacher", "student_before", "student_after"):
        assert set(written[role]) == fields
        assert written[role]["n"] == 4
    assert written["teacher"]["accuracy"] == 1.0
    assert written["gate"] in ("GO", "NO-GO", "NOT-ENOUGH-DATA")
    assert set(written["seconds"]) >= {"teacher", "preference training", "evaluate student after"}
    assert {"rollout", "grade", "pairs", "train", "evaluate teacher", "stop rule"} <= stages
    assert result.rounds[0].pairs


def test_no_held_out_problem_was_trained_on(
    run: tuple[Path, LoopResult, set], recipe: Recipe
) -> None:
    folder, _, _ = run
    train, held, stop = split_problems(recipe.problems, None)
    assert len(held) == 4
    assert len(stop) == 2
    families = [{p.family for p in part} for part in (train, held, stop)]
    assert not families[0] & families[1]
    assert not families[0] & families[2]
    assert not families[1] & families[2]
    with open_store(folder, write=False) as store:
        assert {p.id for p in store.problems()} == {p.id for p in train}
        assert {pair.problem_id for pair in store.pairs()} <= {p.id for p in train}


def test_a_second_start_repeats_nothing(run: tuple[Path, LoopResult, set], recipe: Recipe) -> None:
    folder, result, _ = run
    stages: set[str] = set()
    again = run_loop(recipe, run_dir=folder, listener=lambda s, *_: stages.add(s))
    assert "train" not in stages
    assert not any(stage.startswith("evaluate") for stage in stages)
    assert again.student_after == result.student_after
    assert again.gate == load_comparison(folder).decision.verdict


def test_a_changed_recipe_does_not_go_on_with_an_old_run(
    run: tuple[Path, LoopResult, set], recipe: Recipe
) -> None:
    changed = recipe.model_copy(update={"rounds": 2})
    with pytest.raises(CorollaryError, match="other settings"):
        run_loop(changed, run_dir=run[0])


def test_a_round_that_does_worse_on_the_stop_problems_is_not_kept(
    run: tuple[Path, LoopResult, set],
) -> None:
    _, result, _ = run
    last = result.rounds[-1]
    assert last.before is not None
    assert last.after is not None
    assert last.kept == (last.after > last.before)
    kept_students = result.student.endswith("student-1")
    assert kept_students == last.kept


@pytest.mark.parametrize("spec", ["expert", "openai:x@http://localhost:1/v1"])
def test_a_student_without_weights_is_refused(spec: str) -> None:
    with pytest.raises(CorollaryError, match="cannot be the student"):
        student_folder(spec)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('name = "x"\n[problems]\nsource = "a"\n[train]\nbeat = 1\n', "unknown key 'beat'"),
        ('nmae = "x"\n[problems]\nsource = "a"\n', "unknown key 'nmae'"),
        ('name = "x"\n[problems]\nsource = "a"\nlimit = "z"\n', "problems.limit"),
        ("name = [", "is not TOML"),
    ],
)
def test_a_recipe_that_is_not_right_names_the_key(text: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CorollaryError, match=what) as raised:
        load_recipe(file)
    assert str(file) in raised.value.what


def test_the_shipped_recipes_are_read() -> None:
    assert load_recipe("demo").problems.evaluation_limit >= 100
    assert load_student_recipe("starter").problems
    root = Path(__file__).resolve().parents[1] / "examples" / "recipes"
    assert {load_recipe(path).name for path in root.glob("*.toml")} == {
        "gsm8k",
        "hub-student",
        "proofwriter",
    }
    with pytest.raises(CorollaryError, match="there is no recipe"):
        load_recipe("nosuch")
