"""Fixtures shared by the suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from corollary_tools.toolkit import Toolkit, load_toolkit


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real problem sets; `COROLLARY_DATA` or ../shared/data beside the checkout."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("COROLLARY_DATA", default))
    if not path.is_dir():
        pytest.skip(f"the real problem sets are not at {path}")
    return path


@pytest.fixture(scope="session")
def toolkit() -> Iterator[Toolkit]:
    """Every tool, with one pair of workers for the whole session."""
    kit = load_toolkit("all")
    yield kit
    kit.close()
