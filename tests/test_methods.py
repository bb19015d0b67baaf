"""KTO and SFT hold TRL's figures against ones computed by hand; a killed training goes on."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from chains import call, logic_chain, save_untrained, tiny_tokenizer
from datasets import Dataset
from transformers import AutoModelForCausalLM

from corollary_datagen.pair import PreferencePair
from corollary_datagen.unpaired import UnpairedRow
from corollary_tools.errors import CorollaryError
from corollary_training.checkpoints import last_whole
from corollary_training.course import Course, check_reports
from corollary_training.dpo import run_dpo
from corollary_training.dpo_settings import DpoSettings
from corollary_training.kto import (
    MaskedKTOTrainer,
    MaskedUnpairedCollator,
    build_kto_config,
    tokenise_unpaired,
    train_kto,
    unpaired_of,
    with_mismatched,
)
from corollary_training.sft import build_sft_config, labelled, train_sft

CHAIN = logic_chain()
WRONG = [CHAIN[0], call("premise", {"n": 1, "formula": "~blue(cow)"}), *CHAIN[2:]]


def unpaired(chain: list[dict[str, Any]], label: bool) -> UnpairedRow:
    return UnpairedRow(
        problem_id="p",
        family="f",
        tools=(),
        prompt=(chain[0],),
        completion=tuple(chain[1:]),
        label=label,
        trace="t",
    )


def pair(number: int) -> PreferencePair:
    animal = ("cow", "lion", "bald eagle", "dog", "cat", "mouse")[number % 6]
    chain = logic_chain(animal)
    wrong = [call("premise", {"n": number, "formula": f"~blue({animal})"}), *chain[2:]]
    return PreferencePair(
        kind="outcome",
        problem_id=f"p{number}",
        family="f",
        tools=(),
        prompt=(chain[0],),
        chosen=tuple(chain[1:]),
        rejected=tuple(wrong),
        chosen_trace="a",
        rejected_trace="b",
    )


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("student"))


def logprob(model: Any, row: dict[str, Any], completion: str = "completion") -> float:
    """The log-probability of the model's own tokens of a completion, one token at a time."""
    ids = row["prompt_ids"] + row[f"{completion}_ids"]
    kept = [0] * len(row["prompt_ids"]) + row[f"{completion}_kept"]
    with torch.no_grad():
        logprobs = model(torch.tensor([ids])).logits.log_softmax(-1)[0]
    return sum(float(logprobs[i - 1, ids[i]]) for i in range(1, len(ids)) if kept[i])


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def test_ktos_loss_is_the_one_by_hand(student: Path, tmp_path: Path) -> None:
    """Reference, divergence and loss, after the model has left its reference."""
    tokenizer = tiny_tokenizer()
    settings = DpoSettings(method="kto", batch=2, beta=0.1)
    rows = [unpaired(CHAIN, True), unpaired(WRONG, False)]
    known = with_mismatched([tokenise_unpaired(tokenizer, row) for row in rows])
    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32)
    course = Course(student, tmp_path)
    trainer = MaskedKTOTrainer(
        model=model,
        args=build_kto_config(settings, course, [True, False], bf16=False),
        train_dataset=Dataset.from_list(known),
        processing_class=tokenizer,
        data_collator=MaskedUnpairedCollator(pad_token_id=tokenizer.pad_token_id),
    )
    before = [logprob(model, row) for row in known]
    assert trainer.train_dataset["ref_logps"] == pytest.approx(before, abs=1e-3)
    mismatched = [logprob(model, row, "KL_completion") for row in known]
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.02 * torch.randn_like(weight)
    moved = [logprob(model, row) - old for row, old in zip(known, before, strict=True)]
    drift = [
        logprob(model, row, "KL_completion") - old
        for row, old in zip(known, mismatched, strict=True)
    ]
    kl = max(0.0, sum(drift) / 2)
    by_hand = (1 - sigmoid(0.1 * (moved[0] - kl)) + 1 - sigmoid(0.1 * (kl - moved[1]))) / 2
    batch = trainer.data_collator(list(trainer.train_dataset))
    batch = {name: value.to(trainer.accelerator.device) for name, value in batch.items()}
    assert float(trainer.compute_loss(model, batch).detach()) == pytest.approx(by_hand, abs=1e-4)
    assert abs(by_hand - 0.5) > 1e-3


def test_the_loss_of_sft_is_the_mean_over_the_models_tokens(student: Path, tmp_path: Path) -> None:
    from trl import SFTTrainer

    tokenizer = tiny_tokenizer()
    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32)
    row = labelled(tokenizer, unpaired(CHAIN, True))
    trainer = SFTTrainer(
        model=model,
        args=build_sft_config(DpoSettings(batch=1), Course(student, tmp_path), bf16=False),
        train_dataset=Dataset.from_list([row]),
        processing_class=tokenizer,
    )
    tokens = tokenise_unpaired(tokenizer, unpaired(CHAIN, True))
    by_hand = -logprob(model, tokens) / sum(tokens["completion_kept"])
    batch = trainer.data_collator([row])
    batch = {name: value.to(trainer.accelerator.device) for name, value in batch.items()}
    assert float(trainer.compute_loss(model, batch).detach()) == pytest.approx(by_hand, abs=1e-4)


@pytest.mark.parametrize("rank", [0, 4], ids=["all weights", "an adapter"])
@pytest.mark.parametrize("method", ["kto", "sft"])
def test_a_method_moves_what_it_should(
    student: Path, tmp_path: Path, method: str, rank: int
) -> None:
    settings = DpoSettings(
        method=method,  # type: ignore[arg-type]
        learning_rate=1e-2,
        epochs=3,
        batch=4,
        warmup=0,
        lora_rank=rank,
    )
    rows = [unpaired(CHAIN, True), unpaired(WRONG, False)] * 8
    train = train_kto if method == "kto" else train_sft
    out = train(rows, settings, Course(student, tmp_path / "after"))
    tokenizer = tiny_tokenizer()
    right, wrong = (tokenise_unpaired(tokenizer, row) for row in rows[:2])
    before, after = (
        AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32) for path in (student, out)
    )
    if method == "sft":
        assert logprob(after, right) > logprob(before, right) + 5
    else:
        gaps = [logprob(model, right) - logprob(model, wrong) for model in (before, after)]
        assert gaps[1] > gaps[0] + 1
    assert (out / "corollary.json").is_file()
    assert not list(out.glob("checkpoint*"))


def test_kto_needs_both_labels_and_weighs_the_rarer_more(student: Path, tmp_path: Path) -> None:
    with pytest.raises(CorollaryError, match="only right rows"):
        train_kto([unpaired(CHAIN, True)], DpoSettings(), Course(student, tmp_path))
    config = build_kto_config(DpoSettings(), Course(student, tmp_path), [True, True, True, False])
    assert (config.desirable_weight, config.undesirable_weight) == (1.0, 3.0)


def test_pairs_become_single_completions_once() -> None:
    rows = unpaired_of([pair(0), pair(0), pair(1)])
    assert [row.label for row in rows] == [True, False, True, False]


def test_what_is_too_long_is_counted_and_named(student: Path, tmp_path: Path) -> None:
    told: list[str] = []
    named: list[str] = []
    course = Course(student, tmp_path, on_note=told.append, on_left_out=named.append)
    with pytest.raises(CorollaryError, match="no row to train on"):
        train_sft([unpaired(CHAIN, True)], DpoSettings(method="sft", longest=5), course)
    assert told == ["left out 1 rows of more than 5 tokens"]
    assert named[0].startswith("p: ")


def test_a_report_that_is_not_there_is_said() -> None:
    with pytest.raises(CorollaryError, match="no report 'wandb'"):
        check_reports(["wandb"])


PAIRS = [pair(number) for number in range(12)]
RESUMED = DpoSettings(batch=2, epochs=2, learning_rate=1e-3, warmup=0, anchor=0.5)


def train_it(student: Path, out: Path, **named: Any) -> list[tuple[int, float]]:
    """Train with checkpoints; return each step's loss."""
    losses: list[tuple[int, float]] = []

    def tell(progress: Any) -> None:
        losses.append((progress.done, progress.loss))
        print(progress.done, flush=True)

    course = Course(student, out, on_progress=tell, save_every=3, **named)
    run_dpo(PAIRS, RESUMED, course)
    return losses


class _Stopped(Exception):
    """What a test stops a training with."""


def test_a_stopped_training_ends_as_if_undisturbed(student: Path, tmp_path: Path) -> None:
    """Stopped after its second checkpoint, which is then cut: it goes on from the first."""
    whole = train_it(student, tmp_path / "whole")
    out = tmp_path / "stopped"

    def stop(progress: Any) -> None:
        if progress.done == 8:
            raise _Stopped

    with pytest.raises(_Stopped):
        run_dpo(PAIRS, RESUMED, Course(student, out, on_progress=stop, save_every=3))
    _cut(out / "checkpoints" / "checkpoint-6" / "model.safetensors")
    told: list[str] = []
    rest = train_it(student, out, on_note=told.append)
    assert told == [
        "the checkpoint of step 6 is broken (model.safetensors is cut): going back to the one"
        " before",
        "goes on from step 3",
    ]
    _assert_same(whole, rest, (tmp_path / "whole", out))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [None, "model.safetensors", "optimizer.pt"])
def test_a_killed_training_ends_as_if_undisturbed(
    student: Path, tmp_path: Path, damage: str | None
) -> None:
    whole = train_it(student, tmp_path / "whole")
    out = tmp_path / "killed"
    _kill_at_step(8, student, out)
    checkpoints = sorted((out / "checkpoints").glob("checkpoint-*"))
    assert [path.name for path in checkpoints] == ["checkpoint-3", "checkpoint-6"]
    if damage:
        _cut(checkpoints[-1] / damage)
    told: list[str] = []
    rest = train_it(student, out, on_note=told.append)
    assert told[-1] == f"goes on from step {3 if damage else 6}"
    _assert_same(whole, rest, (tmp_path / "whole", out))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _assert_same(
    whole: list[tuple[int, float]], rest: list[tuple[int, float]], folders: tuple[Path, Path]
) -> None:
    """The steps after going on have the losses of the undisturbed run, and so have the weights."""
    begins = rest[0][0]
    assert rest == [(step, pytest.approx(loss, abs=1e-6)) for step, loss in whole if step >= begins]
    one, other = (AutoModelForCausalLM.from_pretrained(path).state_dict() for path in folders)
    assert all(torch.allclose(one[name], other[name], atol=1e-6) for name in one)
    assert not (folders[1] / "checkpoints").exists()


def _kill_at_step(step: int, student: Path, out: Path) -> None:
    """Train in another process and kill it at once when it has told this step."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from test_methods import train_it\n"
        "train_it(Path(sys.argv[2]), Path(sys.argv[3]))"
    )
    words = [sys.executable, "-c", code, str(Path(__file__).parent), str(student), str(out)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == str(step):
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait(timeout=60)
    assert process.returncode == -signal.SIGKILL


def test_checkpoints_of_another_training_are_not_gone_on_from(
    student: Path, tmp_path: Path
) -> None:
    from corollary_training.checkpoints import claim

    folder = tmp_path / "checkpoints"
    claim(folder, "one")
    (folder / "checkpoint-4").mkdir()
    claim(folder, "one")
    assert (folder / "checkpoint-4").is_dir()
    told: list[str] = []
    assert last_whole(folder, told.append) is None
    assert told == [
        "the checkpoint of step 4 is broken (it has no weights): going back to the one before"
    ]
    (folder / "checkpoint-4").mkdir()
    claim(folder, "two")
    assert not (folder / "checkpoint-4").exists()
