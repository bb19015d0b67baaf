"""LangSmith run exports: runs as JSON Lines, as a list, or under `runs` or `data`.

A run has `inputs`, `outputs`, `run_type` and perhaps `child_runs`; its messages are LangChain's, in
any of the forms that LangChain writes. Of the runs of one trace the longest conversation is read,
so the runs of a trace are held until the file ends. Guarantees that runs without messages are
passed over in silence where another run of their trace has some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from corollary_datagen.imports.conversations import Conversation, to_recorded
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.imports.rows import Row, read_rows

_TYPES = {
    "human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "tool",
    "humanmessage": "user", "aimessage": "assistant", "systemmessage": "system",
    "toolmessage": "tool", "functionmessage": "tool", "aimessagechunk": "assistant",
    "user": "user", "assistant": "assistant", "developer": "system",
}  # fmt: skip
_STATES = ("messages", "output", "outputs", "output_messages", "chat_history", "input")
_MODELS = ("ls_model_name", "model_name", "model", "model_id")


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    held: list[Any] = [values[k] for k in ("runs", "data") if isinstance(values.get(k), list)]
    runs = held[0] if held else []
    first = runs[0] if runs and isinstance(runs[0], dict) else values
    return "inputs" in first and ("run_type" in first or "outputs" in first)


def source(path: Path) -> str | None:
    """Nothing in such an export says where its problems come from."""
    return None


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The longest conversation of each trace."""
    best: dict[str, Conversation] = {}
    models: dict[str, str] = {}
    for row in read_rows(path):
        if isinstance(row, Refused):
            yield row
            continue
        for run in _runs(row):
            for said in _conversations(run):
                known = best.get(said.key)
                if said.model:
                    models.setdefault(said.key, said.model)
                if known is None or len(said.messages) >= len(known.messages):
                    best[said.key] = said
    for said in best.values():
        yield _read(replace(said, model=said.model or models.get(said.key, "")))


def _read(said: Conversation) -> Recorded | Refused:
    try:
        if not said.messages:
            raise Unreadable("no messages in any run of the trace")
        return to_recorded(said)
    except Unreadable as error:
        return Refused(said.place or said.row.place, error.reason, error.detail)


def _runs(row: Row) -> list[Row]:
    for envelope in ("runs", "data"):
        held = row.values.get(envelope)
        if isinstance(held, list) and "inputs" not in row.values:
            return [Row(run, row.path, n) for n, run in enumerate(held, 1) if isinstance(run, dict)]
    return [row]


def _conversations(run: Row, trace: str = "", depth: int = 0) -> Iterator[Conversation]:
    """The conversation of a run and of the runs within it, under their trace's id."""
    values = run.values
    trace = trace or str(values.get("trace_id") or values.get("id") or run.place)
    asked, answered = values.get("inputs"), values.get("outputs")
    reference = values.get("reference_outputs") or values.get("reference_example")
    gold = reference.get("answer") if isinstance(reference, dict) else None
    yield Conversation(
        row=run,
        messages=_whole(asked, answered),
        model=_model(values),
        key=trace,
        answer=str(gold) if isinstance(gold, str | int | float) else "",
    )
    children = values.get("child_runs")
    for child in children if isinstance(children, list) and depth < 50 else []:
        if isinstance(child, dict):
            yield from _conversations(Row(child, run.path, run.number), trace, depth + 1)


def _whole(asked: Any, answered: Any) -> list[dict[str, Any]]:
    """The messages of a run: its output where that is the whole state, else input and output."""
    before, after = _messages(asked), [*_generated(answered), *_messages(answered)]
    if after and after[0]["role"] in ("system", "user"):
        return after
    return [*before, *after]


def _messages(state: Any) -> list[dict[str, Any]]:
    """The messages that a state holds; [[...]] is how a chat model's batch of one is written."""
    if isinstance(state, dict):
        for field in _STATES:
            found = _messages(state.get(field))
            if found:
                return found
        one = _message(state)
        return [one] if one else []
    if not isinstance(state, list):
        return []
    if len(state) == 1 and isinstance(state[0], list) and not _is_pair(state[0]):
        return _messages(state[0])
    messages = [one for one in map(_message, state) if one is not None]
    return messages if len(messages) == len(state) else []


def _generated(answered: Any) -> list[dict[str, Any]]:
    """The message in a chat model's `generations`."""
    held = answered.get("generations") if isinstance(answered, dict) else None
    while isinstance(held, list) and held:
        held = held[0]
    one = _message(held.get("message")) if isinstance(held, dict) else None
    return [one] if one else []


def _message(written: Any) -> dict[str, Any] | None:
    """One message in OpenAI's form; None where it is no message."""
    if _is_pair(written):
        return {"role": _TYPES[written[0]], "content": written[1]}
    if not isinstance(written, dict):
        return None
    body, kind = _body(written)
    role = _TYPES.get(kind.lower())
    if role is None or "content" not in body:
        return None
    extra = body.get("additional_kwargs")
    extra = extra if isinstance(extra, dict) else {}
    calls = body.get("tool_calls") or extra.get("tool_calls") or []
    invalid = body.get("invalid_tool_calls") or []
    found: dict[str, Any] = {"role": role, "content": body["content"]}
    if role == "assistant" and (calls or invalid):
        broken = (
            [one for one in invalid if isinstance(one, dict)] if isinstance(invalid, list) else []
        )
        found["tool_calls"] = [*calls, *broken] if isinstance(calls, list) else calls
    if role == "tool":
        found |= {"tool_call_id": body.get("tool_call_id"), "name": body.get("name")}
    return found


def _body(written: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The fields of a serialised message, and its type by whatever name it goes."""
    if written.get("type") == "constructor" and isinstance(written.get("kwargs"), dict):
        path = written.get("id")
        name = path[-1] if isinstance(path, list) and path else ""
        return written["kwargs"], str(name or written["kwargs"].get("type") or "")
    if isinstance(written.get("data"), dict):
        return written["data"], str(written.get("type") or "")
    return written, str(written.get("role") or written.get("type") or "")


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and str(value[0]) in _TYPES


def _model(values: dict[str, Any]) -> str:
    """The model's name, in a run's metadata or its invocation."""
    extra = values.get("extra")
    extra = extra if isinstance(extra, dict) else {}
    for held in (extra.get("metadata"), extra.get("invocation_params"), values):
        for field in _MODELS:
            if isinstance(held, dict) and isinstance(held.get(field), str) and held[field]:
                return str(held[field])
    return ""
