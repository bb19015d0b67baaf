"""The report page at size: 10,000 pairs and 10,000 traces, written and opened in a real browser.

The rows are real rollouts of the embedded expert, repeated under other names until there are so
many. A browser on this machine opens the page from the disk several times. `--run` measures the
rows of a run instead, as they are.

    python -m benchmarks.report --run RUN
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from benchmarks.__main__ import _table
from benchmarks.browser import Browser, has_browser
from benchmarks.figure import Figure, count_figure, median_figure
from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_cli.report.page import ReportData, build_report
from corollary_cli.reporting import collect
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.pairs import PairSettings, build_pairs
from corollary_datagen.rollouts import RolloutSettings, run_rollouts
from corollary_datagen.sources import load_problems
from corollary_datagen.store import open_store
from corollary_tools.toolkit import load_toolkit

ROWS, OPENED = 10_000, 5
_PROBLEMS = 60
_TIMES = (
    "JSON.stringify([performance.getEntriesByName('first-paint')[0].startTime,"
    " performance.getEntriesByType('navigation')[0].loadEventEnd])"
)
_SEARCH = """(() => {
  const box = document.querySelector("#traces input"), began = performance.now();
  box.value = "nothing-has-this-word";
  box.dispatchEvent(new Event("input"));
  const list = document.querySelector("#traces .items");
  return new Promise((go) => {
    const timer = setInterval(() => {
      if (list.ariaBusy !== "false") return;
      clearInterval(timer);
      go(performance.now() - began);
    }, 5);
  });
})()"""


def run(made: Path | None = None) -> Iterator[Figure]:
    """Yield sizes, times and memory. made: a run whose rows are taken as they are."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = collect(made, limit=ROWS) if made else _repeated(_made(folder / "run"))
        began = time.perf_counter()
        text = build_report(data)
        seconds = time.perf_counter() - began
        page = folder / "report.html"
        page.write_text(text, encoding="utf-8", errors="backslashreplace")
        rows = f"{len(data.pairs)} pairs, {len(data.traces)} traces"
        yield median_figure(f"page of {rows} written", [seconds], "s")
        yield count_figure("bytes of the page", page.stat().st_size)
        if has_browser():
            yield from _opened(page, folder / "profile")


def _made(folder: Path) -> ReportData:
    """Rollouts of the expert on a few problems of two families, graded and paired."""
    agent_model = load_model("expert:0.5")
    with open_store(folder) as store, load_toolkit("all") as toolkit:
        agent = build_agent(agent_model, toolkit)
        for family in ("stories", "equations"):
            problems = load_problems(f"generated:{family}", limit=_PROBLEMS)
            run_rollouts(store, agent, problems, settings=RolloutSettings(samples=4))
        grade_all(store, toolkit.workers)
        store.replace_pairs(build_pairs(store, PairSettings(), toolkit=toolkit))
    return collect(folder)


def _repeated(data: ReportData) -> ReportData:
    """The rows again and again, each under a name of its own."""
    traces = [
        replace(row, trace=row.trace.model_copy(update={"id": f"{row.trace.id}-{number}"}))
        for number, row in enumerate(islice(cycle(data.traces), ROWS))
    ]
    pairs = [
        pair.model_copy(update={"problem_id": f"{pair.problem_id}-{number}"})
        for number, pair in enumerate(islice(cycle(data.pairs), ROWS))
    ]
    return replace(data, traces=traces, pairs=pairs, stored_traces=ROWS, stored_pairs=ROWS)


def _opened(page: Path, profile: Path) -> Iterator[Figure]:
    paints, loads, heaps, searches = [], [], [], []
    with Browser(profile) as browser:
        browser.size(1280, 900)
        for _ in range(OPENED):
            browser.send("Page.navigate", url="about:blank")
            browser.open(page)
            paint, load = json.loads(browser.run(_TIMES))
            browser.send("HeapProfiler.collectGarbage")
            paints.append(paint)
            loads.append(load)
            heaps.append(browser.run("performance.memory.usedJSHeapSize / 1e6"))
            searches.append(browser.run(_SEARCH))
        assert browser.errors == []
    yield median_figure("first paint", paints, "ms")
    yield median_figure("load event", loads, "ms", goal=2000.0)
    yield median_figure("memory of its script", heaps, "MB")
    yield median_figure("search through all texts of the traces", searches, "ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path)
    sys.stdout.write(_table("report", list(run(parser.parse_args().run))) + "\n")
