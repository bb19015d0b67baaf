"""`corollary tools` as people type it: arguments, the desk in a file, errors, light imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import assert_told, run

from corollary_cli.tool_calls import read_arguments, refused
from corollary_cli.tool_text import find_tool
from corollary_tools.desk import Desk
from corollary_tools.toolkit import Outcome, Toolkit


def called(name: str, *words: str, stdin: str = "") -> str:
    result = run("tools", "call", name, *words, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize(
    "words",
    [
        ["equations=x + y = 3", "equations=x - y = 1"],
        ["equations=x + y = 3; x - y = 1"],
        ['equations=["x + y = 3", "x - y = 1"]'],
        ['{"equations": ["x + y = 3", "x - y = 1"]}'],
    ],
)
def test_a_list_can_be_given_in_every_way(toolkit: Toolkit, words: list[str]) -> None:
    solve = find_tool(toolkit, "solve")
    assert read_arguments(solve, words) == {"equations": ["x + y = 3", "x - y = 1"]}


def test_a_value_is_text_list_or_json_as_the_schema_says(toolkit: Toolkit) -> None:
    words = ["names=owl", "names=1", "values=", "distinct=true"]
    read = read_arguments(find_tool(toolkit, "declare"), words)
    assert read == {"names": ["owl", "1"], "values": [], "distinct": True}
    calculate = find_tool(toolkit, "calculate")
    assert read_arguments(calculate, ["expression=3 = 3"]) == {"expression": "3 = 3"}
    assert read_arguments(calculate, ["expression=true"]) == {"expression": "true"}


def test_arguments_come_from_stdin() -> None:
    assert called("calculate", "-", stdin='{"expression": "48/2"}') == "24"


def test_a_desk_is_kept_in_a_file_and_hands_over_its_statements(tmp_path: Path) -> None:
    desk = tmp_path / "desk.json"
    desk.write_text(json.dumps({"statements": ["The cow is blue."], "question": "Is it?"}))
    words = ["n=1", "formula=blue(cow)", "--desk", str(desk)]
    assert called("premise", *words) == "Question: Is it?"
    kept = desk.read_text("utf-8")
    words = ["n=2", "formula=blue(", "--desk", str(desk)]
    assert_told(run("tools", "call", "premise", *words), 2)
    assert desk.read_text("utf-8") == kept
    assert "True (from 1)" in called("prove", "conclusion=blue(cow)", "--desk", str(desk))


def test_a_file_that_is_no_desk_is_told_and_kept(tmp_path: Path) -> None:
    other = tmp_path / "notes.json"
    other.write_text('{"shopping": ["milk"]}')
    assert_told(run("tools", "call", "find", "--desk", str(other)), 2, "cannot read the desk")
    assert_told(run("tools", "call", "find", "--desk", str(tmp_path)), 2, "--desk")
    assert other.read_text() == '{"shopping": ["milk"]}'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["solve", "equation=x = 1"], "try: equations=..."),
        (["solve", '{"equation": ["x = 1"]}'], "solve has no argument 'equation'"),
        (["calculate", "expression=1", "expression=2"], "given twice"),
        (["solve", '["x = 1"]'], "a list, not an object"),
        (["solve", "-"], "Expecting value"),
        (["prov", "conclusion=a"], "try: prove"),
    ],
)
def test_a_wrong_call_names_what_is_right(words: list[str], told: str) -> None:
    assert_told(run("tools", "call", *words, stdin="?"), 2, told)


def test_a_call_that_is_stopped_could_not_tell() -> None:
    error = refused("simplify", Outcome("Stopped after 1 s.", Desk(), "timeout"))
    assert error.exit_code == 3
    assert "--seconds" in error.remedy


def test_show_gives_schema_and_examples_as_json() -> None:
    body = json.loads(run("tools", "show", "calculate", "--json").stdout)
    assert body["tool"]["function"]["name"] == "calculate"
    assert body["examples"][0] == {"arguments": {"expression": "48/2"}, "result": "24"}


LIGHT = """
import sys
from click.testing import CliRunner
from corollary_cli.main import cli
for words in (["list"], ["show", "solve"], ["call", "calculate", "expression=6*7"]):
    done = CliRunner().invoke(cli, ["tools", *words])
    assert done.exit_code == 0, done.stderr
print([name for name in ("torch", "sympy", "z3", "langgraph", "mcp") if name in sys.modules])
"""


def test_no_tools_command_imports_a_solver_or_a_model() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"expression": "1+1", "expression": "2+2"}', "says 'expression' twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"expression": ' + "1" * 10_000 + "}", "more digits than can be read"),
        ("1" * 10_000, "is not NAME=VALUE"),
    ],
)
def test_arguments_that_nothing_can_read_are_told(text: str, says: str) -> None:
    assert_told(run("tools", "call", "calculate", text), 2, says)


def test_a_number_too_long_for_python_is_told() -> None:
    assert_told(run("tools", "call", "premise", "n=" + "1" * 10_000, "formula=p"), 2, "integer")
