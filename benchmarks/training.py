"""Preference training beside TRL's stock DPO: the same pairs, losses, speed and peak of memory.

The pairs are those of a real run, made here: the starter's and the weakened expert's rollouts on
generated problems, graded and paired. Each training is a process of its own, and the sides take
turns. Speeds are pairs a second of training, in the processor's own time (by the clock on a GPU);
the rows between stock and ours say what each idea brings on top of those before it. Stock has our
rows and masks and its best settings: the reference computed once, batches by length, bfloat16.
Losses are compared in single precision, where nothing is rounded away. Takes some minutes.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figure import Figure, median_figure, ratio_figure
from benchmarks.trained import SIDES, STARTER, Trained

_PROBLEMS, _BATCHES, _REPEATS = 100, 10, 6
_IDEAS = {
    "single": "attention in single precision",
    "head": "head only where a token is scored",
    "packed": "attention a row, no padding",
    "pair": "the sides of a pair share",
    "ours": "the pairs of a batch share",
}
_ROLLOUTS = (("-m", "starter", "--temperature", "0.8"), ("-m", "expert:0.3"))


def run() -> Iterator[Figure]:
    """Yield losses, speeds, what each idea brought, and peaks of memory."""
    with TemporaryDirectory() as folder:
        rows = Path(folder, "rows.json")
        rows.write_text(json.dumps(_rows(Path(folder, "run"))), "utf-8")
        count = len(json.loads(rows.read_text("utf-8")))
        yield from _losses(rows)
        taken = _in_turn(rows)
    yield from _speeds(taken, count)
    yield from _ideas(taken)
    yield from _memory(taken)


def _rows(run: Path) -> list[dict[str, Any]]:
    """Pairs of a real run as token ids, in batches of like length, some of them drawn.

    Few rows could not be grouped by length as well as many, and stock would pay for it in padding.
    """
    from transformers import AutoTokenizer

    from corollary_datagen.store import open_store
    from corollary_training.dpo import tokenise_pair
    from corollary_training.dpo_settings import DpoSettings

    for who in _ROLLOUTS:
        problems = ("--source", "generated", "-n", str(_PROBLEMS), "--samples", "4")
        _corollary("rollout", *who, *problems, "-o", str(run))
    _corollary("grade", str(run))
    _corollary("pairs", str(run))
    with open_store(run) as store:
        pairs = list(store.pairs())
    tokenizer = AutoTokenizer.from_pretrained(STARTER)
    rows = [tokenise_pair(tokenizer, pair) for pair in pairs]
    kept = [row for row in rows if row["length"] <= DpoSettings().longest]
    kept.sort(key=lambda row: int(row["length"]))
    size = DpoSettings().batch
    batches = [kept[n : n + size] for n in range(0, len(kept) - size + 1, size)]
    drawn = random.Random(0).sample(batches, min(_BATCHES, len(batches)))
    return [row for batch in drawn for row in batch]


def _corollary(*arguments: str) -> None:
    start = "from corollary_cli.main import main; main()"
    command = [sys.executable, "-c", start, *arguments, "-q"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _train(side: str, precision: str, rows: Path) -> Trained:
    command = [sys.executable, "-m", "benchmarks.trained", side, precision, str(rows)]
    print(f"  {side}, {precision}", file=sys.stderr)
    told = subprocess.run(
        command,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return Trained(**json.loads(told.stdout))


def _losses(rows: Path) -> Iterator[Figure]:
    """The largest difference of a step's loss over a whole training."""
    stock, ours = (_train(side, "fp32", rows).losses for side in ("stock", "ours"))
    apart = [abs(one - other) for one, other in zip(stock, ours, strict=True)]
    label = "largest difference of a step's loss, single precision"
    worst = max(apart)
    yield Figure(label, worst, "", 1e-4, "lower", len(apart), min(apart), worst)


def _in_turn(rows: Path) -> dict[str, list[Trained]]:
    taken: dict[str, list[Trained]] = {name: [] for name in SIDES}
    for _ in range(_REPEATS):
        for name, results in taken.items():
            results.append(_train(name, "bf16", rows))
    return taken


def _speeds(taken: dict[str, list[Trained]], pairs: int) -> Iterator[Figure]:
    for name in ("stock", "ours"):
        speeds = [pairs / each.seconds for each in taken[name]]
        yield replace(median_figure(f"{name}, training", speeds, "pairs/s"), better="higher")
    both = list(zip(taken["stock"], taken["ours"], strict=True))
    yield ratio_figure("ours over stock", [a.seconds / b.seconds for a, b in both], goal=2.0)
    yield ratio_figure("the same, reference", [a.reference / b.reference for a, b in both])


def _ideas(taken: dict[str, list[Trained]]) -> Iterator[Figure]:
    before = "stock"
    for name, idea in _IDEAS.items():
        both = zip(taken[before], taken[name], strict=True)
        yield ratio_figure(f"+ {idea}", [a.seconds / b.seconds for a, b in both])
        before = name


def _memory(taken: dict[str, list[Trained]]) -> Iterator[Figure]:
    stock, ours = ([each.memory for each in taken[name]] for name in ("stock", "ours"))
    yield median_figure("stock, peak memory", stock, "MiB")
    goal = sorted(stock)[len(stock) // 2]
    yield median_figure("ours, peak memory", ours, "MiB", goal=round(goal))
