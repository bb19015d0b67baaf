"""Calls written as one JSON object, `{"name": ..., "arguments": {...}}`, whole or still growing.

Guarantees that what is taken out of a growing object stays a beginning of what is taken out later.
Does not judge the arguments: `segments.read_call` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from corollary_agent.models.local.formats.segments import Segment, json_fault

_BLANK = re.compile(r"\s*")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,{}\[\]\"]+")
_MARK = re.compile(r'["{}\[\]]')
_ARGUMENTS = ("arguments", "parameters")
_BARE = re.compile(r'\s*\{\s*"name"\s*:\s*"[^"]*"\s*,\s*"(?:arguments|parameters)"\s*:')
_UNDECIDED = 200
_EXPECTED = 'expected {"name": ..., "arguments": {...}}'


def object_call(body: str, *, closed: bool) -> Segment:
    """Return the call that a JSON object stands for. closed: the object's end mark was seen."""
    found = dict(_members(body))
    name = _name(found)
    arguments = next((found[key] for key in _ARGUMENTS if key in found), "")
    return Segment("call", body.strip(), closed, name, arguments, _error(body))


def value_end(text: str, start: int) -> int | None:
    """The index behind the JSON value that begins at `start`; None where it does not end."""
    if start >= len(text):
        return None
    if text[start] == '"':
        found = _TEXT.match(text, start)
        return found.end() if found else None
    if text[start] not in "{[":
        scalar = _SCALAR.match(text, start)
        ends = scalar.end() if scalar else start + 1
        return ends if ends < len(text) else None
    depth, place = 0, start
    while mark := _MARK.search(text, place):
        if mark[0] == '"':
            inner = _TEXT.match(text, mark.start())
            if inner is None:
                return None
            place = inner.end()
            continue
        depth += 1 if mark[0] in "{[" else -1
        place = mark.end()
        if depth == 0:
            return place
    return None


def _members(body: str) -> Iterator[tuple[str, str]]:
    """Yield each key of the outer object with the text of its value; the last one may be cut."""
    place = _skip(body, 0)
    if not body.startswith("{", place):
        return
    place = _skip(body, place + 1)
    while (key := _TEXT.match(body, place)) is not None:
        place = _skip(body, key.end())
        if not body.startswith(":", place):
            return
        place = _skip(body, place + 1)
        end = value_end(body, place)
        yield _unquoted(key[0]), body[place:end]
        if end is None:
            return
        place = _skip(body, end)
        place = _skip(body, place + 1) if body.startswith(",", place) else place


def _name(found: dict[str, str]) -> str | None:
    """The tool's name, once its text is whole."""
    name = found.get("name", "")
    whole = _TEXT.fullmatch(name)
    return _unquoted(name) if whole else None


def _error(body: str) -> str | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        return json_fault(error)
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return _EXPECTED
    arguments: object = next((value[key] for key in _ARGUMENTS if key in value), {})
    return None if isinstance(arguments, dict) else "the arguments are not a JSON object"


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _skip(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def may_become_call(text: str) -> bool:
    """Could this beginning of a text still turn out to be a bare call? Then it is not shown yet."""
    return bool(text) and len(text) < _UNDECIDED and _beginning(text)


def is_bare_call(text: str) -> bool:
    """Is this text, or what there is of it, one JSON object with a name and arguments?"""
    return _BARE.match(text) is not None


def _beginning(text: str) -> bool:
    """Is `text` what a bare call begins with, blanks aside?"""
    plain = re.sub(r'("[^"]*("|$))|\s+', lambda found: found[1] or "", text)
    opening = '{"name":"'
    if len(plain) <= len(opening):
        return opening.startswith(plain)
    name, quote, rest = plain.removeprefix(opening).partition('"')
    if not plain.startswith(opening) or not quote:
        return plain.startswith(opening) and "\n" not in name
    return any(f',"{key}":'.startswith(rest) for key in _ARGUMENTS)
