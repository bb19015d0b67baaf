"""The long run: both engines for as long as asked, then what was tried and what failed.

Exit codes: 0 nothing failed, 1 something did, 3 the byte engine is not installed and was asked for.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_tools.worker import Workers
from fuzz.engines import STREAMS, Report, fuzz_bytes, fuzz_equivalence, fuzz_parser, fuzz_tool
from fuzz.properties import PURE, untouched

CALL_SECONDS = 2.0
HUNG_AFTER = 600  # seconds; then the traceback is printed and the run ends


def main() -> int:
    """Fuzz for the time given; print one line for each target and every failure."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="time for everything together")
    parser.add_argument("--engine", choices=("both", "hypothesis", "atheris"), default="both")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    asked = parser.parse_args()
    if asked.engine != "hypothesis" and importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install 'corollary[fuzz]'", file=sys.stderr)
        return 3
    print(f"seed {asked.seed}", flush=True)
    reports = list(_reports(asked.engine, asked.seconds, asked.seed))
    for report in reports:
        for value, wrong in report.failures:
            print(f"\n{report.target} fails on\n  {value}\n{wrong}")
    tried, failures = (sum(r.tried for r in reports), sum(len(r.failures) for r in reports))
    print(f"\n{tried} inputs tried, {failures} failures")
    return 1 if failures else 0


def _reports(engine: str, seconds: int, number: int) -> Iterator[Report]:
    shares = {"hypothesis": 1.0, "atheris": 1.0, "both": 0.5}
    if engine != "atheris":
        yield from _by_hypothesis(seconds * shares[engine], number)
    if engine != "hypothesis":
        for target in PURE:
            report = fuzz_bytes(target, max(1, int(seconds * shares[engine] / len(PURE))))
            print(report.line(), flush=True)
            yield report


def _by_hypothesis(seconds: float, number: int) -> Iterator[Report]:
    """Rounds over all targets until the time is over; a target that failed is left out."""
    end = time.monotonic() + seconds
    totals: dict[str, Report] = {}
    with TemporaryDirectory() as folder, Workers(size=1, seconds=CALL_SECONDS) as workers:
        (Path(folder) / "canary").write_text("left alone", encoding="utf-8")
        toolkit = load_toolkit("all", workers)
        with contextlib.chdir(folder), untouched(Path(folder)):
            while time.monotonic() < end:
                number += 1
                targets = list(_targets(toolkit, number))
                random.Random(number).shuffle(targets)
                for name, fuzz in targets:
                    if time.monotonic() < end and not (name in totals and totals[name].failures):
                        faulthandler.dump_traceback_later(HUNG_AFTER, exit=True)
                        totals[name] = _added(totals.get(name), fuzz())
                        faulthandler.cancel_dump_traceback_later()
    for report in totals.values():
        print(report.line(), flush=True)
    yield from totals.values()


def _targets(toolkit: Toolkit, number: int) -> Iterator[tuple[str, Callable[[], Report]]]:
    for target in STREAMS:
        yield target, lambda target=target: fuzz_parser(target, 300, number)  # type: ignore[misc]
    yield "equivalent", lambda: fuzz_equivalence(toolkit, 150, number)
    for tool in toolkit.tools:
        name = tool.name
        yield name, lambda name=name: fuzz_tool(toolkit, name, 40, number)  # type: ignore[misc]


def _added(total: Report | None, report: Report) -> Report:
    if total is None:
        return report
    total.tried += report.tried
    total.faults += report.faults
    total.failures += report.failures
    total.slowest = max(total.slowest, report.slowest)
    return total


if __name__ == "__main__":
    sys.exit(main())
