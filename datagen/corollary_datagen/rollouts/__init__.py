"""Rollouts: an agent on many problems, several times each, into a store."""

from corollary_datagen.rollouts.adaptive import AdaptiveSettings
from corollary_datagen.rollouts.running import RolloutSettings, arun_rollouts, run_rollouts

__all__ = ["AdaptiveSettings", "RolloutSettings", "arun_rollouts", "run_rollouts"]
