"""`corollary grade`: a verdict for every trace of a run, again whenever the grader changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_cli.hosting import Hosting
from corollary_cli.measuring import run_calibration
from corollary_cli.options import json_option, run_argument
from corollary_cli.progress import metered
from corollary_cli.reviewing import ReviewPlan, review_options, run_review, tell_undecided
from corollary_cli.runs import require_run
from corollary_cli.stage import StageCommand, pass_output
from corollary_cli.step_grading import StepPlan, grade_steps, show_steps, step_options

if TYPE_CHECKING:
    from corollary_datagen.verdict import Graded

JUDGEMENTS = ("CORRECT", "INCORRECT", "UNDECIDED")


@click.command(cls=StageCommand, example="corollary grade runs/rollout-expert")
@run_argument
@click.option("--again", is_flag=True, help="Grade also what has a verdict of this grader.")
@click.option("--calibrate", is_flag=True, help="Hide the gold answers, and measure the grader.")
@review_options
@step_options
@json_option
@pass_output
def command(
    output: Output,
    *,
    run_dir: Path,
    again: bool,
    calibrate: bool,
    review: ReviewPlan | None,
    plan: StepPlan | None,
    hosting: Hosting,
    as_json: bool,
) -> int:
    """Judge the traces of RUN: correct, incorrect or undecided.

    No model is asked, unless one is named for --steps. The same command goes on where it was
    stopped. A person's verdict (--review) outranks the grader's and stays with --again.
    """
    require_run(run_dir)
    if review:
        return run_review(run_dir, review, output, as_json=as_json)
    if calibrate:
        return run_calibration(run_dir, output, as_json=as_json)
    graded, counts = _grade(run_dir, output, again=again)
    found = grade_steps(run_dir, plan, output, hosting) if plan else None
    if as_json:
        steps = {"steps": found.body} if found else {}
        body = {"run": str(run_dir), "graded": graded, **counts, **steps}
        output.json("corollary.grade/1", body)
    else:
        output.table(("verdict", "traces"), [(name.lower(), counts[name]) for name in JUDGEMENTS])
        output.note(f"{graded} graded now, {counts['traces'] - graded} kept")
        if found:
            show_steps(found, output)
        tell_undecided(run_dir, counts["UNDECIDED"], output)
    output.next_step(f"corollary pairs {run_dir}")
    return 0 if counts["CORRECT"] + counts["INCORRECT"] else 3


def _grade(run_dir: Path, output: Output, *, again: bool) -> tuple[int, dict[str, int]]:
    from corollary_datagen.grading.judging import grade_all
    from corollary_datagen.store import open_store
    from corollary_tools.worker import Workers

    seen: Counter[str] = Counter()
    with (
        open_store(run_dir) as store,
        Workers() as workers,
        metered(output, "grade", store.counts()["traces"]) as meter,
    ):

        def tell(graded: Graded) -> None:
            seen[graded.verdict.judgement if graded.verdict else "none"] += 1
            meter.facts.update({name.lower(): str(count) for name, count in seen.items()})
            meter.advance(seen.total())

        graded = grade_all(store, workers, regrade=again, on_progress=tell)
        return graded, store.counts()
