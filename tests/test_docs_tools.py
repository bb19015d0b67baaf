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
from pages import DOCS, assert_prints, blocks, run_python, sessions

PAGE = DOCS / "tools.md"
COMMAND = PAGE.with_name("tools-command.md")


def test_the_python_on_the_page_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_python(PAGE, tmp_path) >= 4
    assert capfd.readouterr().err == ""


def test_the_commands_on_the_page_run() -> None:
    commands = re.findall(r"`corollary (tools[^`]*)`", PAGE.read_text("utf-8"))
    assert len(commands) == 3
    for command in commands:
        done = run(*shlex.split(command))
        assert done.exit_code == 0, done.stderr


def test_the_sessions_on_the_page_about_the_command_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    parts = [part for block in blocks(COMMAND, "console") for part in sessions(block)]
    assert len(parts) >= 4
    for words, shown in parts:
        assert_prints(words, shown)


def test_the_clients_on_the_page_about_the_command_are_served() -> None:
    (script,) = blocks(COMMAND, "python")
    subprocess.run([sys.executable, "-c", script], timeout=600, check=True)
    (block,) = blocks(COMMAND, "json")
    server = json.loads(block)["mcpServers"]["corollary"]
    assert server["command"] == "corollary"
    assert run(*server["args"], "--help").exit_code == 0
