"""The page about the tools: its Python runs from top to bottom, its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tools.md"


def test_the_python_on_the_page_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(blocks) >= 4
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_commands_on_the_page_run() -> None:
    commands = re.findall(r"`(corollary tools[^`]*)`", PAGE.read_text("utf-8"))
    assert len(commands) == 3
    for command in commands:
        words = [word.replace("'", "") for word in command.split()]
        program = [sys.executable, "-c", "from corollary_cli.main import main; main()"]
        done = subprocess.run(
            [*program, *words[1:]], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
