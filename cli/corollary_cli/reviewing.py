"""The queue of verdicts in the terminal: one problem, one chain, one key at a time.

Guarantees that mathematics is shown as it was written, never as markup, and that every decision is
on the disk before the next one is asked. A blind audit shows neither the gold answer nor what the
grader said.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corollary_cli.console import Output
from corollary_cli.plain import one_line
from corollary_cli.tool_text import call_text
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.grading.review import Decision
    from corollary_datagen.store import Store
    from corollary_datagen.verdict import Graded

_KEYS: dict[str, Decision] = {"r": "right", "w": "wrong", "c": "can't tell"}
_ASK = "right (r), wrong (w), can't tell (c), skip (s), quit (q); a note may follow"
_MEANING = "right: the answer is right, and the chain leads to it"
_WIDTH = 400


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """What to look at. sample: so many decided verdicts, blind; 0 for the queue."""

    name: str
    sample: int = 0
    seed: int = 0
    export: Path | None = None
    source: Path | None = None


def review_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --review and what belongs to it, which the command gets as `review`, None without.

    The command must have --seed.
    """

    @functools.wraps(function)
    def packed(*args: Any, **given: Any) -> Any:
        plan = _plan(given)
        return function(*args, **given, review=plan)

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS = (
    click.option(
        "--review", "wanted", is_flag=True, help="Decide one by one what no grader can."
    ),
    click.option(
        "--sample", type=click.IntRange(min=1), metavar="N",
        help="Judge N decided verdicts blind, to measure the grader.",
    ),
    click.option(
        "--export", type=click.Path(path_type=Path), metavar="FILE",
        help="Write what --review or --sample would ask, to decide elsewhere.",
    ),
    click.option(
        "--import", "source", type=click.Path(path_type=Path), metavar="FILE",
        help="Take in the decisions of such a file.",
    ),
    click.option("--as", "name", metavar="NAME", help="Who decides. [default: your user name]"),
)  # fmt: skip


def _plan(given: dict[str, Any]) -> ReviewPlan | None:
    """Take the flags of a review out of those given; None where nobody asked for one."""
    wanted, sample, name = (given.pop(word) for word in ("wanted", "sample", "name"))
    export, source = given.pop("export"), given.pop("source")
    if export and source:
        raise click.UsageError("--export and --import do not go together")
    if wanted or sample:
        return ReviewPlan(name or getuser(), sample or 0, given["seed"], export, source)
    if export or source or name:
        raise click.UsageError("--export, --import and --as need --review or --sample N")
    return None


def run_review(run_dir: Path, plan: ReviewPlan, output: Output, *, as_json: bool) -> int:
    """Do what the flags of a review ask for, and say what the grader's error rate is by now."""
    from corollary_cli.measuring import tell_error_rate
    from corollary_datagen.grading.error_rate import measured_by_persons
    from corollary_datagen.store import open_store

    with open_store(run_dir) as store:
        done = review(store, plan, output)
        rate = measured_by_persons(store) if not plan.export else None
    if as_json:
        told = rate.model_dump(mode="json") if rate else None
        output.json("corollary.review/1", {"run": str(run_dir), **done, "error_rate": told})
    elif rate:
        tell_error_rate(rate, output)
    return 0


def tell_undecided(run_dir: Path, undecided: int, output: Output) -> None:
    """Say on stderr where a person can look at what is undecided."""
    if undecided:
        output.note(f"to look at what is undecided: corollary grade {run_dir} --review")


def review(store: Store, plan: ReviewPlan, output: Output) -> dict[str, object]:
    """Take a person through the queue or a sample; return what was done, for --json."""
    from corollary_datagen.grading import review as reviews
    from corollary_datagen.grading.judging import GRADER

    reviews.person(plan.name)
    if next(store.verdicts(grader=GRADER), None) is None:
        raise CorollaryError(
            f"nothing in {store.run_dir} has a verdict of this grader",
            because=f"{GRADER} has not judged it; verdicts of other versions do not count here",
            remedy=f"corollary grade {store.run_dir}",
        )
    if plan.source:
        taken = reviews.import_rows(store, plan.source, plan.name)
        output.note(f"{taken} decisions of {plan.name} taken in from {plan.source}")
        return {"imported": taken}
    drawn = bool(plan.sample)
    if drawn:
        waiting = reviews.draw_sample(store, plan.sample, plan.seed, plan.name)
    else:
        waiting = reviews.queue(store)
    if plan.export:
        written = _export(store, waiting, plan.export, audit=drawn)
        output.note(f"{written} to decide in {plan.export}: fill in `decision`, then --import it")
        return {"exported": written}
    return _asked(store, waiting, plan, output)


def _asked(store: Store, waiting: list[str], plan: ReviewPlan, output: Output) -> dict[str, object]:
    """Ask for each, until the person quits or the input ends."""
    from corollary_datagen.grading.review import decided, row

    audit, done = bool(plan.sample), 0
    output.note(_MEANING if waiting else "nothing waits for a person")
    for number, trace_id in enumerate(waiting, start=1):
        graded = row(store, trace_id)
        if graded is None:
            continue
        output.note(f"\n{number} of {len(waiting)} {'·' * 60}")
        for line in shown(graded, blind=audit):
            output.note(line)
        answer = _decision()
        if answer is None:
            break
        decision, note = answer
        if decision:
            made = decided(trace_id, decision, plan.name, note=note, audit=audit)
            store.add_verdicts([made])
            done += 1
    if waiting:
        output.note(f"\n{done} decided by {plan.name}, {len(waiting) - done} left")
    return {"decided": done, "left": len(waiting) - done}


def shown(graded: Graded, *, blind: bool) -> Iterator[str]:
    """The lines that a person reads: problem, chain, answer, and unless blind what was found."""
    problem, trace, verdict = graded.problem, graded.trace, graded.verdict
    yield f"problem {problem.id} · {problem.source} · model {trace.model}"
    yield from (f"  {n}. {text}" for n, text in enumerate(problem.statements, start=1))
    yield f"  {problem.question}"
    yield from (f"  {chr(65 + n)}) {text}" for n, text in enumerate(problem.options))
    yield "chain"
    for index, step in enumerate(trace.steps, start=1):
        results = {seen.call_id: seen.text for seen in step.observations}
        for call in step.calls:
            yield f"  {index}. {call_text(call.name, call.arguments)}"
            yield f"     -> {one_line(results.get(call.id, '(was not run)'), _WIDTH)}"
        if step.content and not step.calls:
            yield f"  {index}. {one_line(step.content, _WIDTH)}"
    yield f"answer  {trace.answer.text if trace.answer else 'none'}"
    if not blind and verdict:
        yield f"gold    {problem.answer.text if problem.answer else 'not known'}"
        yield f"grader  {verdict.judgement}: {verdict.reason}"
        for finding in verdict.findings:
            words = {True: "right", False: "wrong", None: "cannot tell"}
            yield f"  {finding.route}: {words[finding.value]} ({finding.reason})"


def _decision() -> tuple[Decision | None, str] | None:
    """The person's key and note; (None, "") to skip, None to quit."""
    while True:
        try:
            typed = click.prompt(_ASK, default="s", show_default=False, err=True)
        except click.Abort:
            return None
        key, _, note = typed.strip().partition(" ")
        if key.lower() in _KEYS:
            return _KEYS[key.lower()], note.strip()
        if key.lower() == "s":
            return None, ""
        if key.lower() == "q":
            return None
        click.echo(f"{one_line(key, 20)!r} is none of r, w, c, s, q", err=True)


def _export(store: Store, waiting: list[str], path: Path, *, audit: bool) -> int:
    from corollary_datagen.grading.review import export_rows

    lines = [
        json.dumps(row, ensure_ascii=False) for row in export_rows(store, waiting, audit=audit)
    ]
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise CorollaryError(
            f"cannot write {path}", because=str(error), remedy="give another file", exit_code=3
        ) from error
    return len(lines)
