"""The course of one training on a TRL trainer, whatever its method: begin, go on, save, tell.

Guarantees that a training which was killed goes on from its last whole checkpoint and that a
finished one leaves nothing but the student. Decides nothing of losses and rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

from corollary_agent.models.local import CARD
from corollary_tools.errors import CorollaryError
from corollary_training.checkpoints import claim, key_of, last_whole, release
from corollary_training.dpo_settings import DpoSettings
from corollary_training.progress import Progress
from corollary_training.training_template import training_form

REPORTS = ("tensorboard", "trackio")


def _ignore(_: str) -> None:
    return


@dataclass(frozen=True, slots=True)
class Course:
    """Where a training begins and ends, and what is done beside it.

    save_every: steps between two checkpoints; 0 keeps none. reports: names of `REPORTS`. on_note:
    told what a person should know. on_left_out: told the name of each row that is too long.
    """

    student: Path
    out: Path
    on_progress: Callable[[Progress], None] = lambda _: None
    save_every: int = 0
    reports: tuple[str, ...] = ()
    on_note: Callable[[str], None] = _ignore
    on_left_out: Callable[[str], None] = _ignore

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints of an unfinished training lie."""
        return self.out / "checkpoints"


def load_student(path: Path, on_note: Callable[[str], None] = _ignore) -> tuple[Any, Any]:
    """Return tokenizer and model, in single precision; safetensors only, no code of its own.

    A template that rewrites the past is replaced by TRL's training form of it, which is said.
    """
    tokenizer = AutoTokenizer.from_pretrained(path)
    form = training_form(tokenizer)
    if form is not None:
        tokenizer.chat_template = form
        on_note("its chat template rewrites the past: it is trained and saved with TRL's form")
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, use_safetensors=True)
    return tokenizer, model


def keep_short(
    rows: Iterable[tuple[str, dict[str, Any]]], settings: DpoSettings, course: Course
) -> list[dict[str, Any]]:
    """The named rows that are not too long, by length. Raises CorollaryError where none is left.

    By length, so that little of a batch is padding when the reference is computed, in order.
    """
    kept, left_out = [], 0
    for name, row in rows:
        if row["length"] <= settings.longest:
            kept.append(row)
        else:
            left_out += 1
            course.on_left_out(f"{name}: {row['length']} tokens")
    if left_out:
        course.on_note(f"left out {left_out} rows of more than {settings.longest} tokens")
    if not kept:
        raise CorollaryError(
            f"there is no {'pair' if settings.method == 'dpo' else 'row'} to train on",
            because=f"each has a side of more than {settings.longest} tokens",
            remedy="a larger `longest` in [train] (--longest), or shorter chains",
        )
    return sorted(kept, key=lambda row: int(row["length"]))


def arguments(settings: DpoSettings, out: Path, course: Course | None = None) -> dict[str, Any]:
    """The settings that every trainer takes: nothing cut, no report that was not asked for."""
    saves = course.save_every if course else 0
    return {
        "output_dir": str(course.checkpoints if course else out),
        "learning_rate": settings.learning_rate,
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": settings.batch,
        "gradient_accumulation_steps": settings.accumulate,
        "warmup_steps": settings.warmup,
        "lr_scheduler_type": settings.schedule,
        "max_length": None,
        "activation_checkpointing": False,
        "train_sampling_strategy": "group_by_length",
        "use_cpu": not torch.cuda.is_available(),
        "seed": settings.seed,
        "logging_steps": 5 if saves % 5 == 0 else 1,
        "save_strategy": "steps" if saves else "no",
        "save_steps": saves or 500,
        "save_total_limit": 2,
        "report_to": ["trackio"] if course and "trackio" in course.reports else [],
        "project": "corollary",
        "run_name": out.name,
        "disable_tqdm": True,
    }


def check_reports(names: Sequence[str]) -> None:
    """Raise CorollaryError for a report that is not known, or whose package is not there."""
    for name in names:
        if name not in REPORTS:
            raise CorollaryError(
                f"there is no report {name!r}",
                because="--report says where losses are sent to, joined by commas",
                remedy=", ".join(REPORTS),
            )
        if find_spec(name) is None:
            raise CorollaryError(
                f"cannot report to {name}",
                because=f"the package {name} is not installed",
                remedy=f"pip install {name}",
                exit_code=3,
            )


def callbacks(course: Course, left_out: int) -> list[Any]:
    """What listens to the trainer: progress, and TensorBoard's files where they are asked for."""
    found: list[Any] = [_Reporter(course.on_progress, left_out)]
    if "tensorboard" in course.reports:
        from torch.utils.tensorboard import SummaryWriter
        from transformers.integrations import TensorBoardCallback

        folder = str(course.out / "tensorboard")
        found.append(TensorBoardCallback(SummaryWriter(log_dir=folder)))
    return found


def run_course(trainer: Any, tokenizer: Any, course: Course, settings: DpoSettings) -> Path:
    """Train to the end, going on where the same training was stopped; save the student."""
    last = None
    if course.save_every:
        claim(course.checkpoints, key_of(trainer.train_dataset, settings, course.student))
        last = last_whole(course.checkpoints, course.on_note)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    save_trained(trainer.model, tokenizer, course)
    release(course.checkpoints)
    return course.out


def save_trained(model: Any, tokenizer: Any, course: Course) -> None:
    """Write the student: adapters merged, safetensors, and the card it began with."""
    if hasattr(model, "merge_and_unload"):
        model = model.merge_and_unload()
    model.save_pretrained(course.out)
    tokenizer.save_pretrained(course.out)
    card = course.student / CARD
    if card.is_file():
        (course.out / card.name).write_text(card.read_text("utf-8"), "utf-8")


def lora(settings: DpoSettings) -> Any:
    """The adapter that the settings ask for; None where all weights are trained."""
    if not settings.lora_rank:
        return None
    from peft import LoraConfig  # takes 3 s to import; only adapters need it

    return LoraConfig(
        r=settings.lora_rank,
        lora_alpha=2 * settings.lora_rank,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


class _Reporter(TrainerCallback):  # type: ignore[misc]
    """Passes TRL's log lines on as progress, with how many rows were left out."""

    def __init__(self, on_progress: Callable[[Progress], None], left_out: int) -> None:
        self._on_progress = on_progress
        self._left_out = left_out
        self._told = False

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Report one log line; of a training too short for one, the mean loss at its end."""
        mean = None if self._told else (logs or {}).get("train_loss")
        loss = (logs or {}).get("loss", mean)
        if loss is None:
            return
        self._told = True
        figures = {k: float(v) for k, v in logs.items() if isinstance(v, int | float)}
        self._on_progress(
            Progress(
                done=state.global_step,
                total=state.max_steps,
                loss=float(loss),
                figures={"left_out": self._left_out, **figures},
            )
        )
