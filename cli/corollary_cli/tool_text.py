"""Tools in words: signatures, descriptions, arguments and examples, as a person reads them.

Guarantees that what is shown comes from the canonical schema and the tools' own examples. Does not
call a tool.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_tools.tool import SymbolicTool
    from corollary_tools.toolkit import Toolkit


def find_tool(kit: Toolkit, name: str) -> SymbolicTool:
    """Return the tool of that name; raise CorollaryError with the nearest names."""
    tools = {tool.name: tool for tool in kit.tools}
    if name in tools:
        return tools[name]
    close = get_close_matches(name, tools, n=2)
    raise CorollaryError(
        f"there is no tool '{name}' in the toolkit {kit.name}",
        because=f"its tools are {', '.join(tools)}",
        remedy=" or ".join(close) if close else "corollary tools list",
    )


def signature(tool: SymbolicTool) -> str:
    """The tool's name and arguments, those that may be left out in brackets: `f(a, [b])`."""
    properties, required = parameters(tool)
    names = [name if name in required else f"[{name}]" for name in properties]
    return f"{tool.name}({', '.join(names)})"


def first_sentence(text: str) -> str:
    """The first sentence of a description, on one line."""
    return " ".join(text.split()).partition(". ")[0].rstrip(".")


def describe(tool: SymbolicTool) -> str:
    """A tool for a person: signature, words, arguments, examples."""
    properties, required = parameters(tool)
    lines = [signature(tool), _wrapped(tool.description, 2), "", "arguments"]
    for name, schema in properties.items():
        need = "" if name in required else f", default {json.dumps(schema.get('default'))}"
        lines.append(f"  {name}: {_type_name(schema)}{need}")
        if "description" in schema:
            lines.append(_wrapped(schema["description"], 6))
    lines += ["", "examples"]
    for example in tool.examples:
        lines.append(f"  {call_text(tool.name, example.arguments)}")
        lines += [f"    {line}" for line in example.result.splitlines()]
    return "\n".join(lines)


def call_text(name: str, arguments: Mapping[str, Any]) -> str:
    """A call as one line, every argument by name: `premise(n=1, formula="blue(cow)")`."""
    shown = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in arguments.items())
    return f"{name}({', '.join(shown)})"


def shown_examples(tool: SymbolicTool) -> dict[str, Any]:
    """The tool's examples as JSON."""
    rows = [{"arguments": one.arguments, "result": one.result} for one in tool.examples]
    return {"examples": rows}


def _wrapped(text: str, indent: int) -> str:
    margin = " " * indent
    return textwrap.fill(
        " ".join(text.split()), 80, initial_indent=margin, subsequent_indent=margin
    )


def parameters(tool: SymbolicTool) -> tuple[dict[str, Any], list[str]]:
    """The schemas of a tool's arguments by name, and the names that must be given."""
    from corollary_tools.toolkit import tool_schema

    schema = tool_schema(tool)["function"]["parameters"]
    return schema["properties"], schema["required"]


def _type_name(schema: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"list of {_type_name(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(schema["enum"])
    return str(schema.get("type", "any"))
