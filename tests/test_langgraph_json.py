"""langgraph.json names a graph that is there, in the form that langgraph-cli reads."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from langgraph.graph.state import CompiledStateGraph

ROOT = Path(__file__).resolve().parents[1]
PATH = ROOT / "langgraph.json"


def test_its_graph_solves_a_problem() -> None:
    config = json.loads(PATH.read_text("utf-8"))
    place, _, name = config["graphs"]["corollary"].partition(":")
    there = runpy.run_path(str(ROOT / place))
    graph = there[name]
    assert isinstance(graph, CompiledStateGraph)
    with there["toolkit"]:
        done = graph.invoke({"text": "Bob is big. Big things are red. Is Bob red?"})
    assert json.loads(json.dumps(done))["answer"]["value"] == "True"
    assert (ROOT / config["dependencies"][0] / "pyproject.toml").is_file()


def test_the_cli_takes_it() -> None:
    config = pytest.importorskip("langgraph_cli.config", reason="langgraph-cli is not installed")
    assert "corollary" in config.validate_config_file(PATH)["graphs"]
