"""The texts that a model wrote, in the fields where the published sets keep them.

Guarantees that what a row holds is taken as it is. Does not look into the text.
"""

from __future__ import annotations

from typing import Any

from corollary_datagen.imports.rows import Row

FIELDS = ("output", "outputs", "response", "completion", "generation", "solution", "reasoning")


def output_texts(row: Row) -> list[str]:
    """The model's texts in a row: of the first field that holds one, or a list of them."""
    return texts_in(row.values)


def texts_in(values: dict[str, Any]) -> list[str]:
    """The texts of the first field that holds any."""
    for field in FIELDS:
        held = values.get(field)
        texts = held if isinstance(held, list) else [held]
        if texts and all(isinstance(text, str) and text.strip() for text in texts):
            return list(texts)
    return []
