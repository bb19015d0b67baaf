"""Supervised training on right completions, on TRL's SFT trainer, of what the model wrote alone.

Guarantees labels for the model's own tokens and for no others, and that no row is dropped or cut in
silence. Chooses no rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from corollary_datagen.unpaired import UnpairedRow
from corollary_training.course import (
    Course,
    arguments,
    callbacks,
    keep_short,
    load_student,
    lora,
    run_course,
)
from corollary_training.dpo_settings import DpoSettings
from corollary_training.kto import tokenise_unpaired

_UNTRAINED = -100


def train_sft(rows: Sequence[UnpairedRow], settings: DpoSettings, course: Course) -> Path:
    """Train the student of `course` on the right rows; return the folder of the new checkpoint."""
    tokenizer, model = load_student(course.student, course.on_note)
    named = [(row.problem_id, labelled(tokenizer, row)) for row in rows if row.label]
    kept = keep_short(named, settings, course)
    trainer = SFTTrainer(
        model=model,
        args=build_sft_config(settings, course),
        train_dataset=Dataset.from_list(kept),
        processing_class=tokenizer,
        peft_config=lora(settings),
        callbacks=callbacks(course, len(named) - len(kept)),
    )
    return run_course(trainer, tokenizer, course, settings)


def labelled(tokenizer: Any, row: UnpairedRow) -> dict[str, Any]:
    """Return a row as input_ids and labels; -100 stands where nothing is trained."""
    tokens = tokenise_unpaired(tokenizer, row)
    start = [_UNTRAINED] * len(tokens["prompt_ids"])
    pairs = zip(tokens["completion_ids"], tokens["completion_kept"], strict=True)
    return {
        "input_ids": tokens["prompt_ids"] + tokens["completion_ids"],
        "labels": start + [token if kept else _UNTRAINED for token, kept in pairs],
        "length": tokens["length"],
    }


def build_sft_config(settings: DpoSettings, course: Course, *, bf16: bool = True) -> SFTConfig:
    """TRL's settings for ours: rows are already tokens and labels."""
    return SFTConfig(
        **arguments(settings, course.out, course),
        dataset_kwargs={"skip_prepare_dataset": True},
        bf16=bf16,
    )
