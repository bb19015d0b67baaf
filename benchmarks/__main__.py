"""Runs benchmarks and prints what they found: a table, or with --json one object a line.

Without a name the short ones run, those whose module says SHORT = True. Results go to stdout,
progress to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
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
    found = _names()
    if asked.name is not None and asked.name not in found:
        near = get_close_matches(asked.name, found, n=1) or sorted(found)
        parser.error(f"no benchmark {asked.name!r}; try: {', '.join(near)}")
    for name, benchmark in _chosen(asked.name, found):
        print(f"{name} ...", file=sys.stderr)
        figures = list(benchmark.run())
        print(_lines(name, figures) if asked.json else _table(name, figures), flush=True)
    return 0


def _chosen(name: str | None, found: Sequence[str]) -> Iterator[tuple[str, ModuleType]]:
    """The benchmark that was asked for, no other one being loaded; else the short ones."""
    for each in found if name is None else [name]:
        benchmark = import_module(f"benchmarks.{each}")
        if name is not None or getattr(benchmark, "SHORT", False):
            yield each, benchmark


def _names() -> list[str]:
    """The modules of this package that can be run, told by their text."""
    folder = Path(__file__).parent
    names = sorted(module.name for module in iter_modules(benchmarks.__path__))
    return [name for name in names if "\ndef run(" in _text(folder / f"{name}.py")]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


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
