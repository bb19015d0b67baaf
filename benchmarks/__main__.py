"""Runs benchmarks and prints what they found: a table, or with --json one object a line.

Without a name the short ones run, those whose module says SHORT = True. Results go to stdout,
progress to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import benchmarks
from benchmarks.figure import Figure

_HEAD = ("figure", "value", "95 %", "unit", "goal", "n", "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for. Exit codes: 0 done, 2 no such benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", help="one benchmark; default: all short ones")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args(arguments)
    found = _benchmarks()
    if asked.name is not None and asked.name not in found:
        near = get_close_matches(asked.name, found, n=1) or sorted(found)
        parser.error(f"no benchmark {asked.name!r}; try: {', '.join(near)}")
    chosen = [asked.name] if asked.name else [n for n in found if getattr(found[n], "SHORT", False)]
    for name in chosen:
        print(f"{name} ...", file=sys.stderr)
        figures = list(found[name].run())
        print(_lines(name, figures) if asked.json else _table(name, figures), flush=True)
    return 0


def _benchmarks() -> dict[str, ModuleType]:
    names = sorted(module.name for module in iter_modules(benchmarks.__path__))
    modules = {name: import_module(f"benchmarks.{name}") for name in names if name[0] != "_"}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def _lines(name: str, figures: Sequence[Figure]) -> str:
    return "\n".join(json.dumps({"benchmark": name, **asdict(figure)}) for figure in figures)


def _table(name: str, figures: Sequence[Figure]) -> str:
    rows = [_HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join([f"\n{name}", *(line.rstrip() for line in lines)])


def _row(figure: Figure) -> tuple[str, ...]:
    sign = "<=" if figure.better == "lower" else ">="
    reached = {True: "reached", False: "missed", None: ""}[figure.reached]
    goal = "" if figure.goal is None else f"{sign} {figure.goal:g}"
    interval = f"{figure.low:.3g} to {figure.high:.3g}"
    return (
        figure.figure,
        f"{figure.value:.3g}",
        interval,
        figure.unit,
        goal,
        f"{figure.n}",
        reached,
    )


if __name__ == "__main__":
    sys.exit(main())
