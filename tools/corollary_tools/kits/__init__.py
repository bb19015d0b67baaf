"""The kits: one module each, with a function `tools()` that returns its tools.

A kit defines names, argument schemas, descriptions and checked examples; the work is done by the
folder of the same name in `solvers`. Importing a kit imports no solver.
"""

from __future__ import annotations

from importlib import import_module

from corollary_tools.tool import SymbolicTool

KITS = (
    "arithmetic", "algebra", "logic", "constraints", "calculus", "linear_algebra", "number_theory",
    "checks", "geometry", "statistics",
)  # fmt: skip
UNIONS = {
    "math": (
        "arithmetic",
        "algebra",
        "calculus",
        "number_theory",
        "linear_algebra",
        "geometry",
        "statistics",
    ),
    "all": KITS,
}


def kit_names() -> tuple[str, ...]:
    """Every name that a toolkit can have, single kits first."""
    return (*KITS, *UNIONS)


def kit_tools(name: str) -> tuple[SymbolicTool, ...]:
    """The tools of one kit or union, each once, in the fixed order. KeyError if unknown."""
    if name in UNIONS:
        return unique_tools(tuple(tool for part in UNIONS[name] for tool in kit_tools(part)))
    if name not in KITS:
        raise KeyError(name)
    tools: tuple[SymbolicTool, ...] = import_module(f"{__name__}.{name}").tools()
    return tools


def unique_tools(tools: tuple[SymbolicTool, ...]) -> tuple[SymbolicTool, ...]:
    """The same tools with each name once, where it stood first."""
    return tuple({tool.name: tool for tool in reversed(tools)}[name] for name in _names(tools))


def _names(tools: tuple[SymbolicTool, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tool.name for tool in tools))
