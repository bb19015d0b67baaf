"""`--apart-from`: problems that are too like those that will be measured on take no part.

Guarantees that whoever asked is told what was dropped and why, and that nothing goes on where
nothing is left. Does not compare itself (`corollary_datagen.sources.apart` does).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.problem import Problem
    from corollary_datagen.sources.apart import Apart

apart_option = click.option(
    "--apart-from",
    "apart",
    multiple=True,
    metavar="SOURCE[:SPLIT]",
    help="Drop problems like those of this evaluation set; repeatable. [default split: dev]",
)


def drop_alike(
    problems: Iterable[Problem], sets: Sequence[str], data: Path | None, output: Output
) -> Apart | None:
    """Say which problems are too like those of the sets; None where no set was named."""
    if not sets:
        return None
    from corollary_datagen.sources.apart import find_alike

    apart = find_alike(problems, sets, data)
    for line in told(apart):
        output.note(line)
    if apart.dropped and not apart.report.problems_kept:
        raise CorollaryError(
            "no problem is left",
            because=f"each is too like one of {', '.join(apart.report.compared_with)}",
            remedy="other problems, such as another split or source; nothing was written",
            exit_code=3,
        )
    return apart


def told(apart: Apart) -> Iterable[str]:
    """What was compared and dropped, in a few lines."""
    report = apart.report
    sets = ", ".join(f"{name} ({count} problems)" for name, count in report.compared_with.items())
    whole = report.problems_kept + len(apart.dropped)
    reasons = ", ".join(f"{count} by {why}" for why, count in report.problems_dropped.items())
    yield f"apart from {sets}: dropped {len(apart.dropped)} of {whole} problems{_after(reasons)}"
    for example in report.examples:
        yield f"dropped {example}"
    if len(apart.dropped) > len(report.examples):
        yield f"and {len(apart.dropped) - len(report.examples)} more"


def _after(text: str) -> str:
    return f": {text}" if text else ""
