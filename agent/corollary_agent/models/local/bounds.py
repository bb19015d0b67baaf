"""JSON schemas made finite: what a schema leaves open gets a bound, so that decoding must end.

A string without a length, an array without a size, a number without a range and an object without
properties each get a generous one. Guarantees that what fits the result fits the schema, but for
keywords that the grammar cannot hold (`not`, `uniqueItems`): the tool checks those.
"""

from __future__ import annotations

from typing import Any

TEXT, ITEMS, WHOLE, PARTS = 400, 32, 10**15, 4
"""Characters of a string, items of an array, size of a number, members of a free object."""

_FORM = {"whitespace_flexible": False, "key_separator": ": ", "item_separator": ", "}
_PLAIN: list[dict[str, Any]] = [
    {"type": "string", "maxLength": TEXT},
    {"type": "integer", "minimum": -WHOLE, "maximum": WHOLE},
    {"type": "boolean"},
    {"type": "null"},
]
_NESTED = ("properties", "$defs", "definitions", "patternProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def bounded(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with every open end closed, in the spacing that templates write."""
    return {**_closed(schema), "x-guidance": {**_FORM, "lenient": True}}


def least_length(schema: Any) -> int:
    """About how many characters the shortest fitting value takes: never too few."""
    if not isinstance(schema, dict):
        return 8
    for key in ("const", "enum"):
        if key in schema:
            values = schema[key] if key == "enum" else [schema[key]]
            return max((len(repr(value)) + 2 for value in values), default=8)
    if "properties" in schema:
        required = set(schema.get("required", ()))
        rows = schema["properties"].items()
        return 4 + sum(len(name) + 6 + least_length(s) for name, s in rows if name in required)
    parts = [part for key in _LISTS for part in schema.get(key, ())]
    inner = max((least_length(part) for part in parts), default=0)
    items = int(schema.get("minItems", 0)) * (least_length(schema.get("items")) + 2)
    return 8 + inner + items + 6 * int(schema.get("minLength", 0)) + 20 * ("$ref" in schema)


def _closed(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return _open_value()
    closed = {key: value for key, value in schema.items() if key not in ("uniqueItems", "not")}
    for key in _NESTED:
        if isinstance(closed.get(key), dict):
            closed[key] = {name: _closed(part) for name, part in closed[key].items()}
    for key in _LISTS:
        if isinstance(closed.get(key), list):
            closed[key] = [_closed(part) for part in closed[key]]
    if {"const", "enum", "$ref", *_LISTS[:3]} & closed.keys():
        return closed
    kinds = closed.get("type")
    if kinds is None:
        return closed if "properties" in closed else {**closed, **_open_value()}
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        _BOUNDS.get(kind, lambda _: None)(closed)
    return closed


def _close_string(schema: dict[str, Any]) -> None:
    if "format" not in schema:
        schema.setdefault("maxLength", max(TEXT, int(schema.get("minLength", 0))))


def _close_whole(schema: dict[str, Any]) -> None:
    if not {"minimum", "exclusiveMinimum"} & schema.keys():
        schema["minimum"] = -WHOLE
    if not {"maximum", "exclusiveMaximum"} & schema.keys():
        schema["maximum"] = WHOLE


def _close_number(schema: dict[str, Any]) -> None:
    _close_whole(schema)
    schema.setdefault("multipleOf", 1e-6)


def _close_array(schema: dict[str, Any]) -> None:
    schema["items"] = _closed(schema.get("items"))
    schema.setdefault("maxItems", max(ITEMS, int(schema.get("minItems", 0))))


def _close_object(schema: dict[str, Any]) -> None:
    if schema.get("properties"):
        schema["additionalProperties"] = False
        return
    schema.pop("properties", None)
    free = schema.pop("additionalProperties", None)
    if free is False:
        schema["additionalProperties"] = False
        return
    schema["patternProperties"] = {"^[A-Za-z_]{1,24}$": _closed(free)}
    schema["additionalProperties"] = False
    schema.setdefault("maxProperties", PARTS)


def _open_value() -> dict[str, Any]:
    return {"anyOf": [dict(part) for part in _PLAIN]}


_BOUNDS = {
    "string": _close_string,
    "integer": _close_whole,
    "number": _close_number,
    "array": _close_array,
    "object": _close_object,
}
