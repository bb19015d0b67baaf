"""The benchmarks' frame: figures with honest intervals, a table and JSON lines, known names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.__main__ import _lines, _table, main
from benchmarks.figure import Figure, count_figure, median_figure
from benchmarks.startup import HEAVY, heavy_imports

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("n", "low", "high"),
    # Ranks, from 1, of the exact binomial interval of a median, as statistical tables give them.
    [(5, 1, 5), (10, 2, 9), (20, 6, 15), (25, 8, 18), (50, 18, 33)],
)
def test_a_median_has_the_interval_of_order_statistics(n: int, low: int, high: int) -> None:
    found = median_figure("f", list(range(n, 0, -1)), "ms")
    assert (found.low, found.high) == (low, high)
    assert found.value == (n + 1) / 2


def test_goals_are_reached_from_the_right_side() -> None:
    assert count_figure("f", 0, goal=0).reached
    assert not Figure("f", 1.5, "times", 2.0, "higher", 3, 1.0, 2.0).reached
    assert count_figure("f", 7).reached is None


def test_a_figure_is_a_line_of_json_with_its_fields() -> None:
    row = json.loads(_lines("b", [median_figure("f", [1.0, 2.0, 3.0], "ms", goal=2.0)]))
    fields = ["benchmark", "figure", "value", "unit", "goal", "better", "n", "low", "high"]
    assert list(row) == fields
    assert "<= 2" in _table("b", [median_figure("f", [1.0], "ms", goal=2.0)])


def test_an_unknown_name_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["overhaed"])
    assert "try: overhead" in capsys.readouterr().err


def test_listing_tools_imports_nothing_heavy() -> None:
    assert heavy_imports(["tools"]) == set()


def test_a_heavy_import_would_be_seen() -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import trl"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "trl" in HEAVY
    assert "| trl" in told.stderr


def test_one_benchmark_is_run_without_loading_the_others() -> None:
    program = (
        "import sys; from benchmarks.__main__ import _chosen, _names; "
        "list(_chosen('equivalence', _names())); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
