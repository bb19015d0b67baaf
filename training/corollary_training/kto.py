"""Training on single completions, right or wrong, with TRL's KTO trainer and the narrowed mask.

TRL's KTO puts every token after the prompt into its loss, and into its estimate of the divergence,
tool results too. Here both masks are narrowed to what the model wrote. Guarantees that no row is
dropped or cut in silence. Builds no rows and does not judge the result.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from trl import KTOConfig, KTOTrainer
from trl.trainer.kto_trainer import DataCollatorForUnpairedPreference

from corollary_datagen.pair import PreferencePair
from corollary_datagen.unpaired import UnpairedRow
from corollary_tools.errors import CorollaryError
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
from corollary_training.render import render_chain, render_prompt

_ADDED = ("completion_kept", "KL_completion_kept", "length")


def train_kto(rows: Sequence[UnpairedRow], settings: DpoSettings, course: Course) -> Path:
    """Train the student of `course` on rows; return the folder of the new checkpoint.

    The rarer label weighs more, so that both count alike in all. Raises CorollaryError where one
    label is missing: the loss would have nothing to hold against.
    """
    _check_labels(rows)
    tokenizer, model = load_student(course.student, course.on_note)
    named = [(row.problem_id, tokenise_unpaired(tokenizer, row)) for row in rows]
    kept = keep_short(named, settings, course)
    trainer = MaskedKTOTrainer(
        model=model,
        args=build_kto_config(settings, course, [row["label"] for row in kept]),
        train_dataset=Dataset.from_list(with_mismatched(_in_batches(kept, settings))),
        processing_class=tokenizer,
        data_collator=MaskedUnpairedCollator(pad_token_id=tokenizer.pad_token_id),
        peft_config=lora(settings),
        callbacks=callbacks(course, len(named) - len(kept)),
    )
    return run_course(trainer, tokenizer, course, settings)


class MaskedUnpairedCollator(DataCollatorForUnpairedPreference):  # type: ignore[misc]
    """TRL's collator, with both completion masks narrowed to the tokens that the model wrote."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Return TRL's batch."""
        batch: dict[str, Any] = super().torch_call(examples)
        for prefix in ("", "KL_"):
            for row, example in enumerate(examples):
                start = len(example["prompt_ids"])
                kept = torch.tensor([0] * start + list(example[f"{prefix}completion_kept"]))
                batch[f"{prefix}completion_mask"][row, : len(kept)] &= kept
        return batch


class MaskedKTOTrainer(KTOTrainer):  # type: ignore[misc]
    """TRL's trainer on rows that are already tokens, masks included."""

    def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        self._signature_columns += [c for c in _ADDED if c not in self._signature_columns]


def unpaired_of(pairs: Iterable[PreferencePair]) -> list[UnpairedRow]:
    """Both sides of the pairs as single completions, each completion once."""
    found: dict[str, UnpairedRow] = {}
    for pair in pairs:
        for row in _sides(pair):
            found.setdefault(row.model_dump_json(exclude={"trace"}), row)
    return list(found.values())


def tokenise_unpaired(tokenizer: Any, row: UnpairedRow) -> dict[str, Any]:
    """Return a row as TRL's columns of token ids with the mask of its completion.

    Raises CorollaryError where it has nothing to train on.
    """
    prompt = render_prompt(tokenizer, row.prompt, row.tools)
    start = len(tokenizer(prompt, add_special_tokens=False)["input_ids"])
    rendered = render_chain(tokenizer, (*row.prompt, *row.completion), row.tools)
    if not any(rendered.mask[start:]):
        raise CorollaryError(
            f"a row of problem {row.problem_id} trains nothing",
            because="the model wrote no token of its completion",
            remedy="build the rows again with `corollary pairs --unpaired`",
        )
    return {
        "prompt_ids": list(rendered.ids[:start]),
        "completion_ids": list(rendered.ids[start:]),
        "completion_kept": list(rendered.mask[start:]),
        "label": row.label,
        "length": len(rendered.ids),
    }


def with_mismatched(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with the completion of the row before it, for the estimate of divergence.

    KTO, section 4.1 (arXiv 2402.01306): prompts with completions that are not theirs.
    """
    return [
        {
            **row,
            "KL_completion_ids": rows[number - 1]["completion_ids"],
            "KL_completion_kept": rows[number - 1]["completion_kept"],
        }
        for number, row in enumerate(rows)
    ]


def _in_batches(rows: Sequence[dict[str, Any]], settings: DpoSettings) -> list[dict[str, Any]]:
    """Rows of like length together, batch by batch; the batches and what is in them shuffled.

    TRL reads them in this order, for each row goes with the completion of a neighbour.
    """
    chance = random.Random(settings.seed)
    size = settings.batch
    batches = [list(rows[start : start + size]) for start in range(0, len(rows), size)]
    whole = [batch for batch in batches if len(batch) == size]
    chance.shuffle(whole)
    ordered = whole + [batch for batch in batches if len(batch) < size]
    return [row for batch in ordered for row in chance.sample(batch, len(batch))]


def build_kto_config(
    settings: DpoSettings, course: Course, labels: Sequence[bool], *, bf16: bool = True
) -> KTOConfig:
    """TRL's settings for ours. labels: those of the rows, which say how much each side weighs."""
    right, wrong = max(1, sum(labels)), max(1, len(labels) - sum(labels))
    return KTOConfig(
        **arguments(settings, course.out, course) | {"train_sampling_strategy": "sequential"},
        beta=settings.beta,
        desirable_weight=max(1.0, wrong / right),
        undesirable_weight=max(1.0, right / wrong),
        precompute_ref_log_probs=True,
        bf16=bf16,
    )


def _sides(pair: PreferencePair) -> Iterator[UnpairedRow]:
    sides = ((pair.chosen, pair.chosen_trace), (pair.rejected, pair.rejected_trace))
    for label, (messages, trace) in zip((True, False), sides, strict=True):
        yield UnpairedRow(
            problem_id=pair.problem_id,
            family=pair.family,
            tools=pair.tools,
            prompt=pair.prompt,
            completion=messages,
            label=label,
            trace=trace,
        )


def _check_labels(rows: Sequence[UnpairedRow]) -> None:
    labels = {row.label for row in rows}
    if len(labels) < 2:
        raise CorollaryError(
            f"there are only {'right' if True in labels else 'wrong'} rows to train on"
            if labels
            else "there is no row to train on",
            because="KTO holds right completions against wrong ones",
            remedy="corollary pairs RUN --unpaired, or --method sft for right ones alone",
        )
