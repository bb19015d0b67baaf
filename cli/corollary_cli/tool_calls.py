"""Calls as a person types them in a shell, and the file that keeps a desk between two of them.

Guarantees that a wrong name is answered with the nearest ones, and that nothing typed is evaluated:
values are text or JSON, as the tool's schema says. Does not call a tool.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_cli.tool_text import parameters
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_tools.desk import Desk
    from corollary_tools.tool import Outcome, SymbolicTool

_TOO_LONG = "a number in it has more digits than can be read"
_LONGEST_SHOWN = 60


def read_arguments(tool: SymbolicTool, words: Sequence[str]) -> dict[str, Any]:
    """Read `NAME=VALUE` words, one JSON object, or "-" for one on stdin, as the arguments."""
    properties, _ = parameters(tool)
    if tuple(words) == ("-",) or (len(words) == 1 and words[0].lstrip()[:1] in ("{", "[")):
        found = _object(tool, sys.stdin.read() if words[0] == "-" else words[0])
        for name in found:
            _known(tool, name, properties)
        return found
    read: dict[str, Any] = {}
    for name, text in (_pair(tool, word) for word in words):
        value = _value(name, text, _known(tool, name, properties))
        if name not in read:
            read[name] = value
        elif isinstance(value, list):
            read[name] += value
        else:
            raise _unreadable(tool, f"the argument {name} is given twice")
    return read


def refused(name: str, outcome: Outcome) -> CorollaryError:
    """The error of a call that came to nothing, in the tool's own words."""
    if outcome.fault == "timeout":
        return CorollaryError(
            f"{name} was stopped",
            because=outcome.text,
            remedy="a smaller problem, or --seconds with a higher limit",
            exit_code=3,
        )
    return CorollaryError(
        f"{name} could not be called",
        because=outcome.text,
        remedy=f"corollary tools show {name}",
    )


def load_desk(path: Path | None) -> Desk:
    """The desk in this file; an empty one where there is no file yet."""
    from pydantic import ValidationError

    from corollary_tools.desk import Desk

    if path is None or not path.exists():
        return Desk()
    try:
        return Desk.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError):
        raise CorollaryError(
            f"cannot read the desk in {path}",
            because="it is not a desk as --desk writes it",
            remedy="another file; one that does not exist begins an empty desk",
        ) from None


def save_desk(desk: Desk, path: Path | None, *, before: Desk) -> None:
    """Write the desk, where a file is given and the call has changed something."""
    if path is not None and desk is not before:
        path.write_text(desk.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _object(tool: SymbolicTool, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, KeyError, RecursionError) as error:
        raise _unreadable(tool, _cause(error)) from None
    if not isinstance(found, dict):
        raise _unreadable(tool, "the JSON is a list, not an object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. KeyError where it says a name twice: nobody could tell which is meant."""
    names = [name for name, _ in pairs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise KeyError(twice[0])
    return dict(pairs)


def _cause(error: Exception) -> str:
    """Why JSON could not be read, as a part of a sentence."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    if isinstance(error, KeyError):
        return f"the JSON says '{error.args[0]}' twice"
    return "it is nested too deeply" if isinstance(error, RecursionError) else _TOO_LONG


def _known(tool: SymbolicTool, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The schema of an argument; an error with the nearest names where there is no such one."""
    if name in properties:
        schema: dict[str, Any] = properties[name]
        return schema
    close = get_close_matches(name, properties, n=2) or list(properties)
    raise CorollaryError(
        f"{tool.name} has no argument '{name}'",
        because=f"its arguments are {', '.join(properties) or 'none'}",
        remedy=" or ".join(f"{one}=..." for one in close) or f"corollary tools call {tool.name}",
    )


def _pair(tool: SymbolicTool, word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise _unreadable(tool, f"'{_shown(word)}' is not NAME=VALUE")
    return name.strip(), value


def _value(name: str, text: str, schema: dict[str, Any]) -> Any:
    if schema.get("type") in (None, "string"):
        return text
    if schema["type"] == "array":
        return _parts(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise CorollaryError(
            f"cannot read the argument {name}",
            because=f"'{_shown(text)}' is not of type {schema['type']}",
            remedy=f"{name}= followed by a JSON {schema['type']}",
        ) from None


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _parts(text: str) -> list[Any]:
    """A JSON list, or texts with ";" between them."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list):
        return found
    return [part.strip() for part in text.split(";")] if text.strip() else []


def _unreadable(tool: SymbolicTool, cause: str) -> CorollaryError:
    example = tool.examples[0].arguments if tool.examples else {}
    return CorollaryError(
        f"cannot read the arguments of {tool.name}",
        because=cause,
        remedy=f"corollary tools call {tool.name} '{json.dumps(example, ensure_ascii=False)}'",
    )
