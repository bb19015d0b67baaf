"""The types of arguments that models write loosely: 5 for "5", "1, 2, 3" for a list.

Guarantees that a tool gets text, or a list of texts, and that the schema which a model is shown
says just that. A number becomes the text that Python's repr gives it, so 0.1 is the decimal 0.1.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from corollary_tools.expressions.values import split_text


def _to_text(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _to_texts(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [repr(value)]
    if isinstance(value, str):
        return split_text(value)
    return [_row_text(part) for part in value] if isinstance(value, list | tuple) else value


def _row_text(value: Any) -> Any:
    """A point may come as a list: [1, 2] for (1, 2)."""
    if isinstance(value, list | tuple):
        return f"({', '.join(str(_to_text(part)) for part in value)})"
    return _to_text(value)


Text = Annotated[str, BeforeValidator(_to_text)]
Texts = Annotated[list[str], BeforeValidator(_to_texts)]
