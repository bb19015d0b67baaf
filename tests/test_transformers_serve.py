"""The starter behind `transformers serve`, a server that is not ours, offline.

It needs what transformers calls its extra `serving` (fastapi above all) and half a minute.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model, student_path
from corollary_agent.problem_text import read_problem
from corollary_agent.prompt import default_prompt
from corollary_agent.solve import solve
from corollary_tools.toolkit import Toolkit

pytestmark = pytest.mark.slow
PATH = str(student_path("starter"))
PROBLEM = read_problem(
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Is the following statement true, false, or unknown? Bob is nice."
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("fastapi", reason="transformers serve needs fastapi")
    home = tmp_path_factory.mktemp("hub")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", PATH, "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    running = subprocess.Popen(
        [sys.executable, "-m", "transformers.cli.transformers", *words],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=(home / "log").open("w"),
    )
    try:
        _until_up(f"http://127.0.0.1:{port}/health", running, home / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        running.kill()
        running.wait()


def _until_up(place: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and running.poll() is None:
        try:
            urlopen(place, timeout=1).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"transformers serve did not come up: {log.read_text()[-1000:]}")


def test_the_same_answer_as_in_process(url: str, toolkit: Toolkit) -> None:
    """It leaves the calls in the words, and its greedy tokens are ours."""
    starter = load_model("starter")
    here = solve(build_agent(starter, toolkit), PROBLEM)
    model = load_model(f"openai:{PATH}@{url}")
    there = solve(build_agent(model, toolkit, prompt=default_prompt(starter)), PROBLEM)
    assert there.error is None
    assert there.answer == here.answer
    calls = [[(c.name, c.arguments) for c in step.calls] for step in here.steps]
    assert [[(c.name, c.arguments) for c in step.calls] for step in there.steps] == calls


def test_a_cut_call_is_an_invalid_one(url: str, toolkit: Toolkit) -> None:
    model = load_model(f"openai:{PATH}@{url}").bind_tools(list(toolkit.schemas()))
    message = model.invoke("1. The cow is blue.", max_tokens=6, temperature=0.0)
    assert message.invalid_tool_calls
    assert not message.tool_calls
