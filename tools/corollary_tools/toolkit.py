"""Toolkits: named sets of tools with one canonical schema, one hash and one pair of workers.

Guarantees that a schema has one key order wherever it is shown (a different order is a different
prompt), and that `call` never raises for what a model sends. Does not render prompts.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from functools import cached_property
from typing import Any, Self

from langchain_core.tools import BaseTool
from pydantic import BaseModel

from corollary_tools.desk import Desk
from corollary_tools.errors import CorollaryError
from corollary_tools.kits import kit_names, kit_tools, unique_tools
from corollary_tools.tool import OpenDesk, Outcome, SymbolicTool
from corollary_tools.worker import Workers

__all__ = ["Outcome", "Toolkit", "load_toolkit", "tool_schema"]

_EMPTY = Desk()
_LONGEST_NAME = 60  # characters of an unknown tool's name in the answer


class Toolkit:
    """A named set of tools. A context manager: leaving it closes the workers it started itself."""

    def __init__(self, name: str, tools: tuple[SymbolicTool, ...], workers: Workers) -> None:
        self.name = name
        self.workers = workers
        self.tools = tuple(tool.employ(workers) for tool in tools)
        self._by_name = {tool.name: tool for tool in self.tools}
        self.owns_workers = True

    def schemas(self) -> tuple[dict[str, Any], ...]:
        """The tools as OpenAI function schemas, in order, each a fresh copy."""
        return tuple(tool_schema(tool) for tool in self.tools)

    @cached_property
    def hash(self) -> str:
        """16 hexadecimal digits over all that a model is shown of the tools."""
        examples = [[[e.arguments, e.result] for e in tool.examples] for tool in self.tools]
        shown = json.dumps([self.schemas(), examples], ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    def call(self, name: str, arguments: dict[str, Any], desk: Desk = _EMPTY) -> Outcome:
        """Call one tool on `desk`. Never raises for faults of the model; see Outcome.fault."""
        tool = self._by_name.get(name)
        if tool is None:
            return Outcome(self._unknown(name), desk, "unknown_tool")
        return tool.call(arguments, desk)

    async def acall(self, name: str, arguments: dict[str, Any], desk: Desk = _EMPTY) -> Outcome:
        """Do what `call` does without blocking the event loop; cancelling it ends the work."""
        tool = self._by_name.get(name)
        if tool is None:
            return Outcome(self._unknown(name), desk, "unknown_tool")
        return await tool.acall(arguments, desk)

    def open(self, desk: Desk = _EMPTY) -> list[BaseTool]:
        """The tools for a foreign graph: they share this desk and each call advances it."""
        shared = OpenDesk(desk)
        return [tool.employ(self.workers, shared) for tool in self.tools]

    def close(self) -> None:
        """End the workers, unless they were given to `load_toolkit`."""
        if self.owns_workers:
            self.workers.close()

    def _unknown(self, name: str) -> str:
        name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."
        near = difflib.get_close_matches(name, self._by_name, n=1)
        guess = f"Did you mean {near[0]}? " if near else ""
        return f"There is no tool {name!r}. {guess}The tools are: {', '.join(self._by_name)}."

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def load_toolkit(name: str, workers: Workers | None = None) -> Toolkit:
    """Build the toolkit `name`; names joined by "+" make a union.

    workers: the processes to use; by default two of its own, started at the first call. Raises
    CorollaryError for an unknown name.
    """
    tools = tuple(tool for part in name.split("+") for tool in _known_tools(part.strip()))
    toolkit = Toolkit(name, unique_tools(tools), workers or Workers())
    toolkit.owns_workers = workers is None
    return toolkit


def _known_tools(name: str) -> tuple[SymbolicTool, ...]:
    try:
        return kit_tools(name)
    except KeyError:
        near = difflib.get_close_matches(name, kit_names(), n=2)
        raise CorollaryError(
            f"there is no toolkit {name!r}",
            because=f"the toolkits are {', '.join(kit_names())}",
            remedy=" or ".join(near) if near else "one of these, or several joined by +",
        ) from None


def tool_schema(tool: SymbolicTool) -> dict[str, Any]:
    """One tool as an OpenAI function schema, in the one key order that everything here uses."""
    schema = tool.args_schema
    assert isinstance(schema, type)
    assert issubclass(schema, BaseModel)
    raw = schema.model_json_schema()
    properties = {key: _ordered(value) for key, value in raw.get("properties", {}).items()}
    parameters = {"type": "object", "properties": properties, "required": raw.get("required", [])}
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}


_KEYS = ("type", "description", "enum", "items", "default")


def _ordered(raw: dict[str, Any]) -> dict[str, Any]:
    kept = {key: raw[key] for key in _KEYS if key in raw}
    if "items" in kept:
        kept["items"] = _ordered(kept["items"])
    return kept
