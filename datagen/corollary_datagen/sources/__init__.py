"""Problem sources: published sets in their own formats, one's own files, and generators."""

from corollary_datagen.sources.families import family_split
from corollary_datagen.sources.index import load_problems, source_names

__all__ = ["family_split", "load_problems", "source_names"]
