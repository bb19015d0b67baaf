"""What can be wrong with a row before it is rendered: nulls, control tokens, strange schemas.

Guarantees that a null is a fault only where the tool's schema has no room for it. Renders nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from corollary_training.doctor.rows import Row

if TYPE_CHECKING:
    from corollary_training.doctor.patient import Patient

FaultKind = Literal[
    "tool_token", "untrained", "endless", "dropped_call", "changed", "null", "control", "schema",
    "acting", "template", "too_long",
]  # fmt: skip
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
NAMES: dict[FaultKind, str] = {
    "tool_token": "a token that the model did not write is trained",
    "untrained": "nothing is trained",
    "endless": "the end of a message is not trained",
    "dropped_call": "a tool call is lost",
    "changed": "what is read back is not what was written",
    "null": "a null that nobody wrote",
    "control": "a control token inside a text",
    "schema": "a tool that is not the one served",
    "acting": "the model would read other tokens when it acts",
    "template": "the chat template refuses or rewrites it",
    "too_long": "longer than the model can read",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. sentence: what, and in which message."""

    kind: FaultKind
    sentence: str


def content_faults(patient: Patient, row: Row) -> Iterator[Fault]:
    """Nulls in arguments, and control tokens in what anybody says."""
    properties = {_name(tool): _properties(tool) for tool in row.tools}
    for number, message in enumerate((*row.prompt, *row.completion)):
        for call in message.get("tool_calls") or ():
            function = call.get("function") or {}
            arguments = function.get("arguments")
            if isinstance(arguments, Mapping):
                rules = properties.get(str(function.get("name")), {})
                yield from _nulls(arguments, rules, f"message {number}, {function.get('name')}")
            else:
                told = f"message {number}: the arguments of a call are no object: {arguments!r:.80}"
                yield Fault("changed", told)
        own_words = not row.liked and number >= len(row.prompt) and message["role"] == "assistant"
        for text in (
            () if own_words else _texts((message.get("content"), message.get("tool_calls")))
        ):
            if found := patient.prompts.control_text(text):
                yield Fault("control", f"message {number} ({message.get('role')}) has {found!r}")
                break


def schema_faults(patient: Patient, row: Row, served: Mapping[str, Any] | None) -> Iterator[Fault]:
    """Tools of the row that are served otherwise; calls of tools that the prompt should show."""
    for tool in row.tools if served is not None else ():
        known = served.get(_name(tool)) if served is not None else None
        if known is None:
            yield Fault("schema", f"{_name(tool)} is not among the tools that are served")
        elif json.dumps(known) != json.dumps(tool):
            yield Fault("schema", f"{_name(tool)} is served with {_where(tool, known)}")
    shown = {_name(tool) for tool in row.tools}
    called = {c["function"]["name"] for m in row.completion for c in m.get("tool_calls") or ()}
    if lacking := sorted(called - shown) if row.tools and row.liked else ():
        yield Fault("schema", f"{lacking[0]} is called and not among the row's tools")


def _nulls(arguments: Mapping[str, Any], rules: Mapping[str, Any], where: str) -> Iterator[Fault]:
    for key, value in arguments.items():
        rule = json.dumps(rules.get(key, {}))
        if _has_null(value) and not re.search(r'"null"|: null', rule):
            yield Fault("null", f"{where}: {key} is null")


def _has_null(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_null, value.values()))
    return value is None or (isinstance(value, list) and any(map(_has_null, value)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(key)
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _name(tool: Mapping[str, Any]) -> str:
    return str((tool.get("function") or tool).get("name"))


def _properties(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = tool.get("function") or tool
    return dict((function.get("parameters") or {}).get("properties") or {})


def _where(tool: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """How two schemas of one tool differ, in words."""
    given, served = (row.get("function") or row for row in (tool, known))
    for key in served:
        if given.get(key) != served[key]:
            return f"another {key}"
    return "its keys in another order" if tool == known else "other keys"
