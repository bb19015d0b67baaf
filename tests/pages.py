"""What a page of documentation shows: blocks, sessions, and Python that runs here."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

from command import run

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def blocks(page: Path, *languages: str) -> list[str]:
    """The fenced blocks of these languages, in order; "" is a fence that names none."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    return [text for language, text in fences if language in languages]


def sessions(block: str) -> Iterator[tuple[list[str], str]]:
    """Each command of a block with what is shown under it."""
    for part in block.split("$ corollary ")[1:]:
        command, _, shown = part.partition("\n")
        yield shlex.split(command), shown


def assert_prints(words: list[str], shown: str) -> None:
    """The command ends well and prints just that to stdout."""
    result = run(*words)
    assert (result.stdout, result.exit_code) == (shown, 0), result.stderr


def run_python(page: Path, folder: Path) -> int:
    """Run a page's Python from top to bottom as one script; how many blocks it has."""
    found = blocks(page, "python")
    script = folder / "page.py"
    script.write_text("\n".join(found), encoding="utf-8")
    runpy.run_path(str(script), run_name="__main__")
    return len(found)
