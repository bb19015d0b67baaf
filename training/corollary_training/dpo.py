"""Preference training on TRL's DPO trainer, with the loss on what the model wrote and nothing else.

TRL puts every token after the prompt into the loss, tool results too. Here rows are rendered by
the renderer of acting, and the collator narrows TRL's completion mask to the model's own tokens.
Guarantees that no row is dropped or cut in silence and that a row with nothing to train on on
either side is refused before training starts. Does not build pairs and does not judge the result.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from trl import DPOConfig, DPOTrainer
from trl.trainer.dpo_trainer import DataCollatorForPreference

from corollary_datagen.pair import PreferencePair
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
from corollary_training.progress import Progress
from corollary_training.render import Rendered, render_chain, render_prompt
from corollary_training.sharing.forward import Scope, SharedForward, body_of
from corollary_training.sharing.probe import Way, fit, longest_seen
from corollary_training.sharing.together import TogetherSampler

_LOG = logging.getLogger(__name__)
MASKS = ("chosen_mask", "rejected_mask")


def train_dpo(
    student: Path,
    pairs: Sequence[PreferencePair],
    settings: DpoSettings,
    *,
    out: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Train the checkpoint at `student` on `pairs`; write the new checkpoint to `out`.

    on_progress: told the loss and, as `left_out`, how many pairs were longer than the settings
    allow. Raises CorollaryError where no pair is left.
    """
    return run_dpo(pairs, settings, Course(student, out, on_progress))


def run_dpo(pairs: Sequence[PreferencePair], settings: DpoSettings, course: Course) -> Path:
    """Train the student of `course` on pairs; return the folder of the new checkpoint."""
    tokenizer, model = load_student(course.student, course.on_note)
    named = [(_name(pair), tokenise_pair(tokenizer, pair)) for pair in pairs]
    kept = keep_short(named, settings, course)
    trainer = MaskedDPOTrainer(
        model=model,
        args=build_config(settings, course.out, course=course),
        train_dataset=Dataset.from_list(kept),
        processing_class=tokenizer,
        data_collator=MaskedCollator(pad_token_id=tokenizer.pad_token_id),
        peft_config=lora(settings),
        callbacks=callbacks(course, len(named) - len(kept)),
        share="batch" if settings.share else None,
        together=settings.together,
    )
    return run_course(trainer, tokenizer, course, settings)


class MaskedCollator(DataCollatorForPreference):  # type: ignore[misc]
    """TRL's collator, with the completion mask narrowed to the tokens that the model wrote."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Return TRL's batch; its rows are all chosen sides, then all rejected ones."""
        batch: dict[str, Any] = super().torch_call(examples)
        masks = [[0] * len(e["prompt_ids"]) + list(e[key]) for key in MASKS for e in examples]
        for row, mask in enumerate(masks):
            batch["completion_mask"][row, : len(mask)] &= torch.tensor(mask)
        return batch


class MaskedDPOTrainer(DPOTrainer):  # type: ignore[misc]
    """TRL's trainer on rows that are already tokens, masks included.

    share: which rows share what they begin with; None leaves the forward as it is, and so does a
    model that cannot share, which is logged once. together: rows of one problem follow each other.
    """

    def __init__(
        self, *arguments: Any, share: Scope | None = None, together: bool = False, **named: Any
    ) -> None:
        self._share = share
        self._together = together
        self._way: Way | None = None
        super().__init__(*arguments, **named)

    def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Any:
        if not self._together:
            return super()._get_train_sampler(train_dataset)
        return TogetherSampler(self.train_dataset["problem"], self.args.seed)

    def compute_ref_log_probs(self, model: Any, inputs: Any) -> Any:
        """The reference's log-probabilities, in the precision of training."""
        with self.accelerator.autocast():
            return super().compute_ref_log_probs(self._sharing(model), inputs)

    def _compute_loss(self, model: Any, inputs: Any, return_outputs: bool) -> Any:
        return super()._compute_loss(self._sharing(model), inputs, return_outputs)

    def _sharing(self, model: Any) -> Any:
        """The model, or what stands in its place and computes common beginnings once."""
        if self._share is None:
            return model
        bare = self.accelerator.unwrap_model(model)
        self._way = self._way or fit(bare)
        if self._way is None:
            self._share = None
            _LOG.warning("this model cannot share common beginnings: it trains row by row")
            return model
        packed, longest = self._way == "packed", longest_seen(bare.config)
        return SharedForward(model, body_of(bare), self._share, packed=packed, longest=longest)

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        added = (*MASKS, "length")
        self._signature_columns += [c for c in added if c not in self._signature_columns]


def tokenise_pair(tokenizer: Any, pair: PreferencePair) -> dict[str, Any]:
    """Return a pair as TRL's columns of token ids with the masks of both sides.

    Raises CorollaryError where a side has nothing to train on or does not continue the prompt.
    """
    prompt = render_prompt(tokenizer, pair.prompt, pair.tools)
    start = len(tokenizer(prompt, add_special_tokens=False)["input_ids"])
    row: dict[str, Any] = {}
    for side, messages in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        rendered = render_chain(tokenizer, (*pair.prompt, *messages), pair.tools)
        _check(pair, side, rendered, start)
        row["prompt_ids"] = list(rendered.ids[:start])
        row[f"{side}_ids"] = list(rendered.ids[start:])
        row[f"{side}_mask"] = list(rendered.mask[start:])
    row["problem"] = pair.problem_id
    row["length"] = start + max(len(row["chosen_ids"]), len(row["rejected_ids"]))
    return row


def _name(pair: PreferencePair) -> str:
    return f"{pair.problem_id} ({pair.kind})"


def _check(pair: PreferencePair, side: str, rendered: Rendered, start: int) -> None:
    if not any(rendered.mask[start:]):
        raise CorollaryError(
            f"the {side} side of a {pair.kind} pair of problem {pair.problem_id} trains nothing",
            because="the model wrote no token of it",
            remedy="build the pairs again with `corollary pairs`",
        )


def build_config(
    settings: DpoSettings, out: Path, *, bf16: bool = True, course: Course | None = None
) -> DPOConfig:
    """TRL's settings for ours: nothing cut, the reference computed once."""
    losses = ["robust" if settings.flip_rate else "sigmoid"]
    weights = [1.0]
    if settings.anchor:
        losses, weights = [*losses, "sft"], [*weights, settings.anchor]
    return DPOConfig(
        **arguments(settings, out, course),
        beta=settings.beta,
        loss_type=losses,
        loss_weights=weights,
        label_smoothing=settings.flip_rate,
        precompute_ref_log_probs=True,
        bf16=bf16,
    )
