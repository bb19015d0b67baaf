"""Imports: outputs that real models already wrote, as traces replayed through the real tools."""

from corollary_datagen.imports.counts import Import
from corollary_datagen.imports.importing import ImportSettings, import_files
from corollary_datagen.imports.index import FORMATS, detect_format, read_recorded
from corollary_datagen.imports.recorded import Move, Recorded, Refused, Turn

__all__ = [
    "FORMATS",
    "Import",
    "ImportSettings",
    "Move",
    "Recorded",
    "Refused",
    "Turn",
    "detect_format",
    "import_files",
    "read_recorded",
]
