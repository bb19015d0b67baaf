"""Preference pairs and unpaired rows: how they are found in graded traces, and which are kept."""

from corollary_datagen.pairs.building import build_pairs
from corollary_datagen.pairs.settings import EfficiencySettings, PairSettings

__all__ = ["EfficiencySettings", "PairSettings", "build_pairs"]
