"""Twins: problems with one thing changed, and the new answer that the solvers computed."""

from corollary_datagen.twins.making import TwinSettings, make_twins, twin_of

__all__ = ["TwinSettings", "make_twins", "twin_of"]
