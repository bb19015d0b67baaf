"""The page about the tools: its Python runs from top to bottom, its commands exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tools.md"
COMMAND = PAGE.with_name("tools-command.md")


def test_the_python_on_the_page_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(blocks) >= 4
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_commands_on_the_page_run() -> None:
    commands = re.findall(r"`(corollary tools[^`]*)`", PAGE.read_text("utf-8"))
    assert len(commands) == 3
    for command in commands:
        words = [word.replace("'", "") for word in command.split()]
        program = [sys.executable, "-c", "from corollary_cli.main import main; main()"]
        done = subprocess.run(
            [*program, *words[1:]], capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stderr


def test_the_sessions_on_the_page_about_the_command_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```console\n(.*?)^```", COMMAND.read_text("utf-8"), re.M | re.S)
    parts = [part for block in blocks for part in block.split("$ corollary ")[1:]]
    assert len(parts) >= 4
    for part in parts:
        command, _, shown = part.partition("\n")
        result = run(*shlex.split(command))
        assert (result.stdout, result.exit_code) == (shown, 0), result.stderr


def test_the_clients_on_the_page_about_the_command_are_served() -> None:
    text = COMMAND.read_text("utf-8")
    (script,) = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    subprocess.run([sys.executable, "-c", script], timeout=600, check=True)
    (block,) = re.findall(r"^```json\n(.*?)^```", text, re.M | re.S)
    server = json.loads(block)["mcpServers"]["corollary"]
    assert server["command"] == "corollary"
    assert run(*server["args"], "--help").exit_code == 0
