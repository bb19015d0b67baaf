"""Message logs in OpenAI's form: {"messages": [...]} a row, with tool calls and their results.

Beside the messages a row may have `id`, `model`, `tools`, `problem` (or `question`) and `answer`,
and a stored completion its own answer in `choices`. Requests with `request` and `response` beside
each other are read too. Guarantees nothing of its own: `conversations` reads the messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corollary_datagen.imports.conversations import Conversation, to_recorded
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.imports.rows import Row, read_each


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    request = values.get("request")
    inside = isinstance(request, dict) and "messages" in request
    return "messages" in values or inside


def source(path: Path) -> str | None:
    """Nothing in such a log says where its problems come from."""
    return None


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The conversations of a log."""
    return read_each(path, read_row)


def read_row(row: Row) -> Iterator[Recorded]:
    """The conversation of one row; one for each choice where there are several."""
    request = row.values.get("request")
    asked = Row(request, row.path, row.number) if isinstance(request, dict) else row
    messages = asked.get("messages", list)
    answered = row.values.get("response") if isinstance(request, dict) else row.values
    for ending in _choices(answered):
        yield to_recorded(
            Conversation(
                row=row,
                messages=[*messages, *ending],
                model=row.first("model") or asked.first("model"),
                key=row.first("id", "problem_id"),
                question=row.first("problem", "question"),
                answer=row.first("answer", "gold"),
                tools=_tools(asked),
            )
        )


def _choices(answered: Any) -> list[list[Any]]:
    """What a completion adds to the messages, for each of its choices."""
    choices = answered.get("choices") if isinstance(answered, dict) else None
    if not isinstance(choices, list) or not choices:
        return [[]]
    said = [choice.get("message") if isinstance(choice, dict) else None for choice in choices]
    return [[message] for message in said]


def _tools(row: Row) -> tuple[dict[str, Any], ...]:
    tools = row.values.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(one, dict) for one in tools):
        raise Unreadable('field "tools" is not a list of objects')
    return tuple(tools)
