"""Fixtures shared by the suite."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from corollary_tools.toolkit import Toolkit, load_toolkit


def pytest_configure() -> None:
    """Take Ctrl-C as a program on a terminal does, so that commands started here do too.

    A shell starts what runs in its background with the signal ignored, which is inherited.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a student that knows three chains by heart; only to be read."""
    from chains import teach_student

    return teach_student(tmp_path_factory.mktemp("taught"))
