"""How long a person waits for the command: `corollary --help` in a fresh process, and its imports.

Beside it, in turn: a bare Python and the import of click alone, the least that such a command can
take here. Heavy packages are looked for with -X importtime.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks.figure import Figure, count_figure, median_figure, milliseconds

SHORT = True
HEAVY = ("torch", "transformers", "trl", "peft", "datasets")
_REPEATS = 11
_MAIN = "from corollary_cli.main import main; main()"
_IMPORT = re.compile(r"import time:\s*\d+ \|\s*\d+ \|\s*([\w.]+)")


def run() -> Iterator[Figure]:
    """Yield the start-up times and the number of heavy packages that light commands import."""
    sides = {
        "bare python": ["-c", "pass"],
        "import click": ["-c", "import click"],
        "corollary --help": ["-c", _MAIN, "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(_REPEATS):
        for name, arguments in sides.items():
            times[name].append(milliseconds(partial(_output, arguments)))
    for name, values in times.items():
        goal = 200.0 if name == "corollary --help" else None
        yield median_figure(name, values[1:], "ms", goal=goal)
    for command in ("--help", "tools"):
        found = heavy_imports([command])
        yield count_figure(f"heavy packages in corollary {command}", len(found), goal=0)


def heavy_imports(command: Sequence[str]) -> set[str]:
    """The heavy packages that `corollary COMMAND` imports."""
    told = _output(["-X", "importtime", "-c", _MAIN, *command])
    names = {name.partition(".")[0] for name in _IMPORT.findall(told)}
    return names & set(HEAVY)


def _output(arguments: Sequence[str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stderr
