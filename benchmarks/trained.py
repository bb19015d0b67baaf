"""Trains the starter on rows of token ids, in a process of its own, on one side of a comparison.

    python -m benchmarks.trained SIDE PRECISION ROWS.json

prints one JSON object: the seconds of the reference and of training (the processor's own time, or
by the clock where there is a GPU), the loss of every step, and the peak of memory in MiB. All sides
are TRL's DPO trainer with the same rows, masks, order and settings: one epoch of batches of 16 in
the order of the file, reference computed once, sigmoid loss and the likelihood of the chosen side.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, NamedTuple

import corollary_training
from corollary_training.dpo_settings import DpoSettings

STARTER = Path(corollary_training.__file__).parent / "students" / "starter"


class Side(NamedTuple):
    """What a side changes in TRL's trainer. share: None leaves the forward as it is."""

    share: Any = None
    packed: bool = False
    single: bool = False


SIDES = {
    "stock": Side(),
    "single": Side(single=True),
    "head": Side("row", single=True),
    "packed": Side("row", packed=True, single=True),
    "pair": Side("pair", packed=True, single=True),
    "ours": Side("batch", packed=True, single=True),
}
"""Each does what the one before it does and one thing more."""


class Trained(NamedTuple):
    """What a side took and found. seconds: training alone; reference: before it, once."""

    seconds: float
    reference: float
    losses: list[float]
    memory: float


def train_side(side: Side, rows: list[dict[str, Any]], *, bf16: bool) -> Trained:
    """Train on the rows; the trainer is the one of `train_dpo`, told what to share and how."""
    import torch
    from transformers import AutoModelForCausalLM

    clock = _clock()
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(STARTER, dtype=torch.float32)
    with TemporaryDirectory() as folder:
        referred: list[float] = []
        trainer = _trainer(model, rows, Path(folder), side=side, bf16=bf16, referred=referred)
        began = clock()
        trainer.train()
        seconds = clock() - began
    losses = [float(line["loss"]) for line in trainer.state.log_history if "loss" in line]
    return Trained(seconds, sum(referred), losses, _peak(torch))


def _clock() -> Callable[[], float]:
    import torch

    return perf_counter if torch.cuda.is_available() else process_time


def _trainer(
    model: Any,
    rows: list[dict[str, Any]],
    folder: Path,
    *,
    side: Side,
    bf16: bool,
    referred: list[float],
) -> Any:
    """The trainer of a side; `referred` gets the seconds of each batch of the reference."""
    from datasets import Dataset
    from transformers import AutoTokenizer

    from corollary_training import dpo
    from corollary_training.sharing.attention import attend_by_branches
    from corollary_training.sharing.forward import SharedForward, body_of

    clock = _clock()
    on_processor = side.single and attend_by_branches(model)

    class Trainer(dpo.MaskedDPOTrainer):
        def _sharing(self, model: Any) -> Any:
            if side.share is None:
                return model
            body = body_of(self.accelerator.unwrap_model(model))
            return SharedForward(model, body, side.share, packed=side.packed and on_processor)

        def compute_ref_log_probs(self, model: Any, inputs: Any) -> Any:
            began = clock()
            found = super().compute_ref_log_probs(model, inputs)
            referred.append(clock() - began)
            return found

    tokenizer = AutoTokenizer.from_pretrained(STARTER)
    config = dpo.build_config(DpoSettings(), folder, bf16=bf16)
    config.logging_steps = 1
    config.train_sampling_strategy = "sequential"
    return Trainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        data_collator=dpo.MaskedCollator(pad_token_id=tokenizer.pad_token_id),
    )


def _peak(torch: Any) -> float:
    """The peak of the GPU's memory where there is one, else of this process's."""
    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Callable[[], list[str]] = lambda: sys.argv[1:]) -> None:
    """Run one side and print what it took, and nothing else, on standard output."""
    name, precision, path = arguments()
    os.environ["TQDM_DISABLE"] = "1"
    logging.disable(logging.WARNING)
    rows = json.loads(Path(path).read_text("utf-8"))
    with redirect_stdout(sys.stderr):
        trained = train_side(SIDES[name], rows, bf16=precision == "bf16")
    print(json.dumps(trained._asdict()))


if __name__ == "__main__":
    main()
