"""Formats: pairs as rows that other trainers read. Each is a module here with one `FORMAT`.

Guarantees that a row is written only where its trainer keeps every tool call, tool result and word
of it; what it would drop is refused with the reason. Start at `load_format`.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from corollary_datagen.exports.formats.format import Format
from corollary_tools.errors import CorollaryError

FORMATS = ("trl", "trl-kto", "ms-swift", "llama-factory", "axolotl", "openai")


def load_format(name: str) -> Format:
    """Return a format by its name. Raises CorollaryError with the nearest name."""
    if name not in FORMATS:
        near = get_close_matches(name, FORMATS, n=1)
        raise CorollaryError(
            f"there is no format {name!r}",
            because=f"the formats are {', '.join(FORMATS)}",
            remedy=f"--format {near[0]}" if near else "one of these",
        )
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    found = module.FORMAT
    assert isinstance(found, Format)
    return found
