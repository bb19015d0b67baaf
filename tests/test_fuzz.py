"""A few inputs of every kind through every parser and tool, and all that broke something once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz.engines import (
    STREAMS,
    corpus_inputs,
    fuzz_equivalence,
    fuzz_parser,
    fuzz_tool,
    try_corpus,
)
from fuzz.inputs import BOMBS
from fuzz.properties import PARSERS, PURE, check_call, untouched

from corollary_tools.kits import kit_tools
from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_tools.worker import Workers

HOSTILE_NAMES = ("S", "N", "I", "E", "Q", "beta", "gamma", "lambda", "zeta", "None", "self", "open")


@pytest.fixture(scope="module")
def hurried() -> Iterator[Toolkit]:
    """Every tool, with a second for each call."""
    with Workers(size=2, seconds=1.0) as workers:
        yield load_toolkit("all", workers)


@pytest.mark.parametrize("target", STREAMS)
def test_parsers(target: str) -> None:
    report = fuzz_parser(target, 40, 1)
    assert not report.failures
    assert report.tried >= 10


def test_equivalence(hurried: Toolkit) -> None:
    assert not fuzz_equivalence(hurried, 8, 1).failures


@pytest.mark.parametrize("name", [tool.name for tool in kit_tools("all")])
def test_tools(hurried: Toolkit, name: str) -> None:
    report = fuzz_tool(hurried, name, 3, 1)
    assert not report.failures
    assert report.tried >= 3


@pytest.mark.parametrize("target", PURE)
@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_bombs_do_no_harm_to_parsers(target: str, bomb: str) -> None:
    PARSERS[target](bomb)


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_bombs_do_no_harm_to_tools(hurried: Toolkit, bomb: str) -> None:
    for name, arguments in (
        ("calculate", {"expression": bomb}),
        ("solve", {"equations": [bomb]}),
        ("simplify", {"expression": bomb}),
        ("equal", {"left": bomb, "right": "1"}),
        ("prove", {"conclusion": bomb, "premises": ["a"]}),
        ("find", {"constraints": [bomb]}),
        ("check_step", {"step": bomb, "premises": [bomb]}),
        ("check_answer", {"answer": bomb, "constraints": [bomb]}),
    ):
        check_call(hurried, name, arguments)
    assert hurried.call("calculate", {"expression": "6*7"}).text == "42"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_is_an_unknown(toolkit: Toolkit, name: str) -> None:
    outcome = toolkit.call("solve", {"equations": [f"2*{name} = 6"], "unknowns": [name]})
    assert outcome.text == f"{name} = 3"


@pytest.mark.parametrize(("target", "text"), corpus_inputs())
def test_what_broke_once(toolkit: Toolkit, target: str, text: str) -> None:
    try_corpus(toolkit, target, text)


def test_no_call_touches_a_file(toolkit: Toolkit, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("left alone", encoding="utf-8")
    texts = [
        f"open('{canary}', 'w')",
        f"__import__('os').remove('{canary}')",
        f'(set-option :regular-output-channel "{canary}")(echo "x")',
        f'(include "{canary}")',
        f"{canary}",
        f"(lambda: open('{tmp_path}/new', 'w'))()",
    ]
    with untouched(tmp_path):
        for text in texts:
            assert toolkit.call("calculate", {"expression": text}).fault == "tool_error"
            toolkit.call("prove", {"conclusion": text, "premises": [text]})
            toolkit.call("find", {"constraints": [text]})
            toolkit.call("declare", {"names": [text], "values": [text]})
            toolkit.call("check_step", {"step": text, "premises": [text]})
