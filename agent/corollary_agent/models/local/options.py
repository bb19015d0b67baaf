"""What one call of the local chat model is asked for, checked before anything is computed.

Guarantees that a value out of range or a tool that is not there is a CorollaryError that names the
option. Options that belong to LangChain and not to a model are passed over.
"""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Literal

from langchain_core.utils.function_calling import convert_to_openai_tool

from corollary_tools.errors import CorollaryError
from corollary_tools.tool import SymbolicTool
from corollary_tools.toolkit import tool_schema

Schema = dict[str, Any]

BASE = "base"
"""The adapter of a call that wants none where its chat model has one."""
MOST_SAMPLES = 128
MOST_TOP_LOGPROBS = 20


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether a message must call: kind, and the only tool that it may call (required)."""

    kind: Literal["auto", "none", "required"] = "auto"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """One call's settings. temperature 0 is greedy; seed: of the first of `n` samples.

    top_logprobs: alternatives given for each token, where logprobs is true. constrained: decode
    within the grammar of the tools. parallel: more than one call may come. response_schema: JSON
    schema of an answer that is JSON.
    """

    tools: tuple[Schema, ...] = ()
    choice: ToolChoice = ToolChoice()
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int | None = None
    seed: int = 0
    n: int = 1
    logprobs: bool = False
    top_logprobs: int = 0
    stop: tuple[str, ...] = ()
    adapter: str | None = None
    constrained: bool = False
    parallel: bool = True
    response_schema: Schema | None = None

    @property
    def shown(self) -> tuple[Schema, ...]:
        """The tools that stand in the prompt."""
        return () if self.choice.kind == "none" else self.tools


def read_options(
    given: Mapping[str, Any], stop: Sequence[str] | None, defaults: Mapping[str, Any]
) -> Options:
    """Read what a call was given; None stands for the default. Raises CorollaryError."""
    chosen = {**defaults, **{key: value for key, value in given.items() if value is not None}}
    tools = tuple(schema_of(tool) for tool in chosen.get("tools") or ())
    seed = chosen.get("seed")
    n = _whole("n", chosen.get("n", 1), 1, MOST_SAMPLES)
    max_tokens = chosen.get("max_tokens", chosen.get("max_completion_tokens"))
    return Options(
        tools=tools,
        choice=read_choice(chosen.get("tool_choice"), tools),
        temperature=_between("temperature", chosen.get("temperature", 0.0), 0.0, 100.0),
        top_p=_between("top_p", chosen.get("top_p", 1.0), 0.0, 1.0),
        max_tokens=None if max_tokens is None else _whole("max_tokens", max_tokens, 1, 2**31),
        seed=secrets.randbits(31) if seed is None else _whole("seed", seed, -(2**63), 2**63),
        n=n,
        logprobs=bool(chosen.get("logprobs", False)),
        top_logprobs=_whole("top_logprobs", chosen.get("top_logprobs", 0), 0, MOST_TOP_LOGPROBS),
        stop=_stops(stop or chosen.get("stop")),
        adapter=_adapter(chosen.get("adapter")),
        constrained=bool(chosen.get("constrained") or chosen.get("strict")),
        parallel=bool(chosen.get("parallel_tool_calls", True)),
        response_schema=_response_schema(chosen.get("response_format")),
    )


def schema_of(tool: Any) -> Schema:
    """Return a tool, in any form that LangChain takes, as an OpenAI function schema."""
    if isinstance(tool, SymbolicTool):
        return tool_schema(tool)
    if isinstance(tool, dict) and tool.get("type") == "function":
        return tool
    return dict(convert_to_openai_tool(tool))


def tool_names(tools: Sequence[Schema]) -> tuple[str, ...]:
    """The names of tools in OpenAI form."""
    return tuple(str(tool["function"]["name"]) for tool in tools)


def read_choice(given: Any, tools: Sequence[Schema]) -> ToolChoice:
    """Read a tool_choice: auto, none, required or any, a tool's name, or OpenAI's dict."""
    if isinstance(given, dict):
        given = given.get("function", given).get("name") or given.get("type")
    if given in (None, "auto", False):
        return ToolChoice()
    if given == "none":
        return ToolChoice("none")
    names = tool_names(tools)
    if given in ("required", "any", True) and given not in names:
        if not names:
            raise _wrong("tool_choice", given, "there is no tool to call", "bind_tools([...])")
        return ToolChoice("required", names[0] if len(names) == 1 else None)
    if given not in names:
        near = difflib.get_close_matches(str(given), names, n=1) or names
        known = ", ".join((*near, "auto", "required", "none"))
        raise _wrong("tool_choice", given, "no bound tool has that name", known)
    return ToolChoice("required", str(given))


def _adapter(given: Any) -> str | None:
    if given is not None and not isinstance(given, str | PathLike):
        raise _wrong("adapter", given, "it is a folder", 'adapter="runs/solver", or "base"')
    return None if given in (None, BASE) else str(given)


def _stops(given: Any) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given or ())
    if not all(isinstance(text, str) and text for text in texts):
        raise _wrong("stop", given, "it must be texts that are not empty", 'stop=["\\n\\n"]')
    return texts


def _response_schema(given: Any) -> Schema | None:
    """The schema of OpenAI's response_format; {} where any JSON object will do."""
    if not isinstance(given, dict) or given.get("type") in (None, "text"):
        return None
    if given["type"] == "json_object":
        return {"type": "object"}
    schema = given.get("json_schema", {}).get("schema")
    if given["type"] != "json_schema" or not isinstance(schema, dict):
        raise _wrong("response_format", given, "it holds no schema", '{"type": "json_schema", ...}')
    return schema


def _between(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _wrong(name, value, f"it is a number from {low:g} to {high:g}", f"{name}={high:g}")
    return float(value)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(name, value, f"it is a whole number from {low} to {high}", f"{name}={low}")
    return value


def _wrong(name: str, value: Any, because: str, remedy: str) -> CorollaryError:
    return CorollaryError(f"{name}={value!r} cannot be used", because=because, remedy=remedy)
