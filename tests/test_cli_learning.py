"""`corollary train` and `corollary loop` on a student of a few thousand weights, and again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chains import tiny_model, tiny_tokenizer
from command import run

from corollary_datagen.grading.review import decided
from corollary_datagen.store import open_store
from corollary_training.scratch import save_student

RECIPE = """\
name = "tiny"

[problems]
source = "generated:theories"
limit = 10
evaluation_limit = 4

[teacher]
model = "expert:0.6"
samples = 2

[student]
model = "local:{student}"
sampling = {{ max_tokens = 8 }}

[limits]
repairs = 0

[train]
batch = 4
"""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained student and a recipe for it."""
    folder = tmp_path_factory.mktemp("learning")
    tokenizer = tiny_tokenizer()
    prompt = {"form": "native", "style": "brief", "reading": "desk"}
    save_student(tiny_model(tokenizer), tokenizer, folder / "newborn", {"prompt": prompt})
    recipe = RECIPE.format(student=folder / "newborn")
    (folder / "tiny.toml").write_text(recipe, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _there(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)


def test_a_dry_loop_counts_and_writes_nothing() -> None:
    told = run("loop", "tiny.toml", "--dry-run").stdout
    assert "to train on, " in told
    assert "nothing was written" in told
    assert not Path("runs").exists()


def test_a_loop_ends_with_its_table_and_is_not_run_twice() -> None:
    first = run("loop", "tiny.toml")
    assert first.exit_code == 0, first.stderr
    lines = first.stdout.splitlines()
    assert [line.split("\t")[0] for line in lines[1:4]] == [
        "teacher (expert (rule-based stand-in, error rate 0.6))",
        "student before",
        "student after",
    ]
    assert lines[4].startswith("gate: ")
    assert "  rollout: " in first.stderr
    assert first.stderr.strip().endswith("next: corollary report runs/tiny")
    result = json.loads(Path("runs/tiny/result.json").read_text(encoding="utf-8"))
    again = run("loop", "tiny.toml", "--gate", "--json")
    assert again.exit_code in (1, 3)
    body = json.loads(again.stdout)
    assert (body["schema"], body["gate"]) == ("corollary.loop/1", result["gate"])
    assert body["student_after"] == result["student_after"]


def test_a_page_of_the_loop() -> None:
    page = Path(run("report", "runs/tiny").stdout.strip()).read_text(encoding="utf-8")
    assert "rule-based" in page
    assert "Preference pairs" in page


def test_a_training_by_hand_is_done_once() -> None:
    words = ("train", "runs/tiny", "--student", "local:newborn", "--out", "taught", "--batch", "4")
    assert "pairs, about" in run(*words, "--dry-run").stdout
    first = run(*words, "--json")
    assert first.exit_code == 0, first.stderr
    body = json.loads(first.stdout)
    assert (body["schema"], body["student"]) == ("corollary.train/1", "taught")
    assert Path("taught", "model.safetensors").is_file()
    again = run(*words)
    assert "already trained" in again.stderr
    assert again.stdout == "taught\n"


def test_the_card_says_what_a_student_learned_from() -> None:
    card = Path("taught", "README.md").read_text(encoding="utf-8")
    assert "error rate 0.6), not a language model" in card
    assert "| generated | train | Apache-2.0 |" in card
    assert "preferring right steps" in card
    manifest = json.loads(Path("taught", "manifest.json").read_text(encoding="utf-8"))
    assert manifest["rows"] == sum(manifest["kinds"].values())
    assert manifest["losses"]
    assert not Path("taught", "checkpoints").exists()


@pytest.mark.parametrize("method", ["kto", "sft"])
def test_the_other_methods_train_on_single_completions(method: str) -> None:
    words = ("train", "runs/tiny", "--student", "local:newborn", "--method", method)
    examined = json.loads(run("doctor", "newborn", "runs/tiny", "--json").stdout)
    half = str(examined["lengths"][1])
    done = run(*words, "--out", method, "--batch", "4", "--longest", half, "--verbose", "--json")
    assert done.exit_code == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["rows"] > 0
    assert body["settings"]["method"] == method
    left_out = [line for line in done.stderr.splitlines() if line.startswith("generated/")]
    assert left_out, done.stderr[-1500:]
    assert all(line.endswith(" tokens") for line in left_out)
    assert f"left out {len(left_out)} rows of more than {half} tokens" in done.stderr
    assert Path(method, "model.safetensors").is_file()


def test_a_report_whose_package_is_missing_is_said_before_any_work() -> None:
    told = run("train", "runs/tiny", "--student", "local:newborn", "--report", "wandb")
    assert told.exit_code == 2
    assert "tensorboard, trackio" in told.stderr


def test_a_loop_trains_by_the_method_of_its_recipe() -> None:
    recipe = Path("tiny.toml").read_text(encoding="utf-8").replace('"tiny"', '"tiny-sft"')
    Path("sft.toml").write_text(f'{recipe}method = "sft"\n', encoding="utf-8")
    done = run("loop", "sft.toml")
    assert done.exit_code == 0, done.stderr
    by_dpo, by_sft = (
        [path.read_bytes() for path in Path("runs", name).rglob("model.safetensors")]
        for name in ("tiny", "tiny-sft")
    )
    assert len(by_sft) == len(by_dpo) == 1
    assert by_sft != by_dpo


def test_measured_flips_are_allowed_for_unless_a_flag_says_otherwise() -> None:
    """A person finds one verdict of each kind mistaken."""
    with open_store(Path("runs/tiny")) as store:
        graded = [row for row in store.graded() if row.verdict]
        for judgement, other in (("CORRECT", "wrong"), ("INCORRECT", "right")):
            rows = [row for row in graded if row.verdict and row.verdict.judgement == judgement]
            same = "right" if judgement == "CORRECT" else "wrong"
            said = [other, *([same] * (len(rows) - 1))]
            store.add_verdicts(
                decided(row.trace.id, word, "ann", audit=True)  # type: ignore[arg-type]
                for row, word in zip(rows, said, strict=True)
            )
    words = ("train", "runs/tiny", "--student", "local:newborn", "--batch", "4", "--json")
    measured = run(*words, "--out", "flipped")
    assert measured.exit_code == 0, measured.stderr
    assert "of pairs flipped: the loss allows for it" in measured.stderr
    rate = json.loads(measured.stdout)["settings"]["flip_rate"]
    assert 0 < rate < 0.5
    told = run(*words, "--out", "unflipped", "--flip-rate", "0")
    assert json.loads(told.stdout)["settings"]["flip_rate"] == 0
