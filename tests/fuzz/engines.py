"""Two engines over the same properties: hypothesis (grammars, tools) and atheris (bytes, parsers).

Each gives a Report: how many inputs were tried, and each failure with the input that shows it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from corollary_tools.toolkit import Toolkit
from fuzz.inputs import (
    answers,
    any_arguments,
    final_words,
    fitting_arguments,
    grammar_expressions,
    grammar_formulas,
    relations,
    texts,
)
from fuzz.properties import PARSERS, check_call, check_equivalence

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
STREAMS: dict[str, Callable[[], st.SearchStrategy[str]]] = {
    "syntax": lambda: st.one_of(relations(), texts()),
    "expression": grammar_expressions,
    "formula": lambda: st.one_of(grammar_formulas(), texts()),
    "reading": lambda: st.one_of(final_words(), texts()),
}


@dataclass
class Report:
    """What one target came to. failures: (input, what went wrong)."""

    target: str
    tried: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def line(self) -> str:
        """One line for people."""
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return (
            f"{self.target:32} {self.tried:9} inputs  {len(self.failures):3} failures  "
            f"slowest {self.slowest[0]:6.2f} s  {faults}"
        )


def fuzz_parser(target: str, inputs: int, number: int) -> Report:
    """Try inputs on one parser, in this process."""
    report = Report(target)
    _run(report, STREAMS[target](), lambda text: PARSERS[target](text), (inputs, number))
    return report


def fuzz_tool(toolkit: Toolkit, name: str, inputs: int, number: int) -> Report:
    """Try calls of one tool, of the right and of the wrong shape."""
    tool = next(tool for tool in toolkit.tools if tool.name == name)
    report = Report(f"call {name}")

    def check(arguments: dict[str, Any]) -> None:
        report.faults[check_call(toolkit, name, arguments) or "fine"] += 1

    calls = st.one_of(fitting_arguments(tool), fitting_arguments(tool), any_arguments(tool))
    _run(report, calls, check, (inputs, number))
    return report


def fuzz_equivalence(toolkit: Toolkit, inputs: int, number: int) -> Report:
    """Compare answers of any form: a verdict comes back, and a box changes nothing."""
    report = Report("equivalent")

    def check(pair: tuple[str, str]) -> None:
        report.faults[str(check_equivalence(toolkit, *pair))] += 1

    _run(report, st.tuples(answers(), answers()), check, (inputs, number))
    return report


def _run(
    report: Report,
    inputs: st.SearchStrategy[Any],
    check: Callable[[Any], None],
    size: tuple[int, int],
) -> None:
    """Run hypothesis over the inputs; the smallest failing one goes to the report."""
    last: list[Any] = [None]

    @seed(size[1])
    @settings(
        max_examples=size[0], database=None, deadline=None, verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )  # fmt: skip
    @given(inputs)
    def property_holds(value: Any) -> None:
        last[0] = value
        report.tried += 1
        began = time.perf_counter()
        check(value)
        taken = time.perf_counter() - began
        if taken > report.slowest[0]:
            report.slowest = (taken, _shown(value))

    try:
        property_holds()
    except Exception as error:  # noqa: BLE001 whatever it is, it is a finding
        report.failures.append((_shown(last[0]), f"{type(error).__name__}: {error}"[-1500:]))


def _shown(value: Any) -> str:
    return ascii(value)


def fuzz_bytes(target: str, seconds: int) -> Report:
    """Run atheris on one pure parser, in a process of its own, for some seconds."""
    report = Report(f"bytes {target}")
    with TemporaryDirectory() as folder:
        grown, found = Path(folder) / "grown", Path(folder) / "found"
        grown.mkdir()
        found.mkdir()
        seeds = [str(path) for path in [CORPUS / target] if path.is_dir()]
        flags = [f"-max_total_time={seconds}", f"-artifact_prefix={found}/", "-max_len=400"]
        command = [sys.executable, "-m", "fuzz.byte_engine", target, *flags, "-timeout=20"]
        done = subprocess.run(
            [*command, str(grown), *seeds], env=_environment(), capture_output=True, text=True,
            check=False, timeout=seconds + 120, errors="replace",
        )  # fmt: skip
        counts = re.findall(
            r"^(?:Done |stat::number_of_executed_units: |#)(\d+)", done.stderr, re.M
        )
        report.tried = max(map(int, counts), default=0)
        for path in sorted(found.iterdir()):
            report.failures.append((ascii(path.read_bytes()), _raised(done.stderr)))
        if done.returncode != 0 and not report.failures:
            report.failures.append(("", done.stderr[-1500:]))
    return report


def _raised(log: str) -> str:
    """The exception in libFuzzer's log, or the log's end."""
    found = re.search(r"=== Uncaught Python exception: ===\n(.*?)\n==\d+==", log, re.DOTALL)
    return (found[1] if found else log)[-1500:]


def _environment() -> dict[str, str]:
    """Ours, with the folder of this package on the path."""
    return {**os.environ, "PYTHONPATH": str(CORPUS.parent)}


def corpus_inputs() -> list[tuple[str, str]]:
    """(target, text) of everything that broke something once; a call is JSON."""
    return [
        (path.parent.name, path.read_bytes().decode("utf-8", "replace"))
        for path in sorted(CORPUS.glob("*/*"))
    ]


def try_corpus(toolkit: Toolkit, target: str, text: str) -> None:
    """Run one input of the corpus through its target."""
    if target == "calls":
        call = json.loads(text)
        check_call(toolkit, call["name"], call["arguments"])
    else:
        PARSERS[target](text)
