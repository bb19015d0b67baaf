"""The second reading: math-verify, for LaTeX that our own grammar does not read.

It only ever says True or nothing: it takes 2*x+2 for 2 and an approximation for the number, so
that its False means little. Runs in a worker, without its own signal-based time limit.
"""

from __future__ import annotations

from typing import Literal


def written_alike(left: str, right: str) -> Literal[True] | None:
    """True where math-verify reads both texts and finds them equal, else None."""
    import math_verify  # 0.3 s to load, and seldom needed

    readings = [
        math_verify.parse(f"${text.strip().strip('$')}$", [_latex()], parsing_timeout=None)
        for text in (left, right)
    ]
    if not all(readings):
        return None
    same = math_verify.verify(*readings, strict=True, timeout_seconds=None, float_rounding=12)
    return True if same else None


def _latex() -> object:
    from math_verify import LatexExtractionConfig

    return LatexExtractionConfig()
