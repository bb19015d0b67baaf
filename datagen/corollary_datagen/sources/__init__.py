"""Problem sources: published sets in their own formats, one's own files, and generators."""

from corollary_datagen.sources.contamination import Dropped, Report, decontaminate
from corollary_datagen.sources.families import family_split
from corollary_datagen.sources.index import load_problems, source_names
from corollary_datagen.sources.validation import Failure, validate

__all__ = [
    "Dropped",
    "Failure",
    "Report",
    "decontaminate",
    "family_split",
    "load_problems",
    "source_names",
    "validate",
]
