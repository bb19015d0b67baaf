"""OpenTelemetry exports with GenAI spans: OTLP JSON (one request a line), or spans one by one.

Read are `gen_ai.input.messages` and `gen_ai.output.messages` (as text or as values, on the span or
on its event), the older `gen_ai.prompt` and `gen_ai.completion` (whole or a key for each field),
and events or log records `gen_ai.user.message`, `gen_ai.choice` and their like. Of the spans of a
trace the longest conversation is read, so they are held until the file ends. Guarantees that other
spans are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corollary_datagen.imports.conversations import Conversation, to_recorded
from corollary_datagen.imports.otel_messages import (
    message_of_event,
    messages_of_keys,
    messages_of_parts,
)
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.imports.rows import Row, read_rows

_ENVELOPES = (("resourceSpans", "scopeSpans", "spans"), ("resourceLogs", "scopeLogs", "logRecords"))
_INPUT, _OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
_MODELS = ("gen_ai.response.model", "gen_ai.request.model")


@dataclass(slots=True)
class _Span:
    """What is known of one span: its attributes, and its events in order."""

    row: Row
    trace: str
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    if any(name in values for path in _ENVELOPES for name in path):
        return True
    spans = values.get("spans") if isinstance(values.get("spans"), list) else [values]
    return any(
        isinstance(span, dict) and "attributes" in span and ("name" in span or "traceId" in span)
        for span in spans or []
    )


def source(path: Path) -> str | None:
    """Nothing in such an export says where its problems come from."""
    return None


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The longest conversation of each trace."""
    spans: dict[tuple[str, str], _Span] = {}
    for row in read_rows(path):
        if isinstance(row, Refused):
            yield row
            continue
        for record in _records(row.values):
            _gather(spans, row, record)
    best: dict[str, Conversation] = {}
    for span in spans.values():
        said = _conversation(span)
        known = best.get(said.key)
        if said.messages and (known is None or len(said.messages) >= len(known.messages)):
            best[said.key] = said
    for said in best.values():
        yield _read(said)


def _read(said: Conversation) -> Recorded | Refused:
    try:
        return to_recorded(said)
    except Unreadable as error:
        return Refused(said.row.place, error.reason, error.detail)


def _records(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The spans and log records of a row, whatever envelope they are in."""
    found = False
    for path in _ENVELOPES:
        level: list[Any] = [values]
        for name in path:
            level = [one for held in level for one in _items(held, name)]
            found = found or bool(level)
        yield from (one for one in level if isinstance(one, dict))
    if not found:
        yield from (s for s in _items(values, "spans") or [values] if isinstance(s, dict))


def _items(held: Any, name: str) -> list[Any]:
    value = held.get(name) if isinstance(held, dict) else None
    return value if isinstance(value, list) else []


def _gather(spans: dict[tuple[str, str], _Span], row: Row, record: dict[str, Any]) -> None:
    """Add a span, or a log record to its span."""
    context = record.get("context")
    ids = context if isinstance(context, dict) else record
    trace = str(ids.get("traceId") or ids.get("trace_id") or row.place)
    number = str(ids.get("spanId") or ids.get("span_id") or len(spans))
    span = spans.setdefault((trace, number), _Span(row, trace))
    attributes = _attributes(record.get("attributes"))
    name = record.get("eventName") or record.get("event_name") or attributes.get("event.name")
    if name is not None and "body" in record:
        span.events.append((str(name), _event_body(attributes, _value(record["body"]))))
        return
    span.attributes |= attributes
    events = record.get("events")
    for event in events if isinstance(events, list) else []:
        if isinstance(event, dict):
            inside = _attributes(event.get("attributes"))
            body = inside.get("event_body", event.get("body"))
            span.events.append((str(event.get("name")), _event_body(inside, _value(body))))


def _event_body(attributes: dict[str, Any], body: Any) -> dict[str, Any]:
    read = _json(body)
    return attributes | (read if isinstance(read, dict) else {})


def _attributes(given: Any) -> dict[str, Any]:
    """Attributes as a plain mapping, from OTLP's list of keys and values or as they are."""
    if isinstance(given, dict):
        return {str(key): _value(value) for key, value in given.items()}
    rows = given if isinstance(given, list) else []
    return {
        str(r["key"]): _value(r.get("value")) for r in rows if isinstance(r, dict) and "key" in r
    }


def _value(given: Any) -> Any:
    """A value out of OTLP's typed wrapping."""
    if not isinstance(given, dict) or len(given) != 1:
        return given
    kind, value = next(iter(given.items()))
    match kind:
        case "stringValue" | "boolValue" | "doubleValue" | "bytesValue":
            return value
        case "intValue":
            return int(value) if str(value).lstrip("-").isdecimal() else value
        case "arrayValue":
            return [_value(one) for one in _items(value, "values")]
        case "kvlistValue":
            return _attributes(_items(value, "values"))
    return given


def _conversation(span: _Span) -> Conversation:
    return Conversation(
        row=span.row,
        messages=_messages(span),
        model=next((str(span.attributes[k]) for k in _MODELS if span.attributes.get(k)), ""),
        key=span.trace,
    )


def _messages(span: _Span) -> list[dict[str, Any]]:
    """The conversation of a span, in the newest form that it has."""
    known = dict(span.attributes)
    for _, body in span.events:
        known = {k: v for k, v in body.items() if k.startswith("gen_ai.")} | known
    if _INPUT in known or _OUTPUT in known:
        parts = (_json(known.get(name)) for name in (_INPUT, _OUTPUT))
        return [one for part in parts for one in messages_of_parts(part)]
    of_events = [message_of_event(name, body) for name, body in span.events]
    if any(of_events):
        return [one for one in of_events if one]
    return messages_of_keys({key: _json(value) for key, value in known.items()})


def _json(value: Any) -> Any:
    """A value that may be written as JSON text."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
