"""The ways of training a student on rows, by their names in the settings. Trains nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corollary_training.course import Course
from corollary_training.dpo import run_dpo
from corollary_training.dpo_settings import DpoSettings
from corollary_training.kto import train_kto
from corollary_training.sft import train_sft


def train_by(rows: Sequence[Any], settings: DpoSettings, course: Course) -> Path:
    """Train by the method of the settings: dpo on pairs, kto and sft on unpaired rows."""
    if settings.method == "dpo":
        return run_dpo(rows, settings, course)
    return (train_kto if settings.method == "kto" else train_sft)(rows, settings, course)
