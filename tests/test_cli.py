"""The frame of the command: help, wrong words, exit codes, colour, ASCII, JSON, pipes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import click
import pytest
from command import assert_told, run

from corollary_cli.console import Output, wants_color
from corollary_cli.failures import explain, report_failure
from corollary_cli.lazy import LateGroup
from corollary_cli.main import SECTIONS, cli
from corollary_cli.plain import one_line, printable, to_ascii
from corollary_tools.errors import CorollaryError

COMMANDS = [name for names in SECTIONS.values() for name in names]
ESCAPE = "\x1b["


def test_help_is_grouped_and_complete() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for title, names in SECTIONS.items():
        assert f"{title}:" in result.stdout
        assert all(f"  {name} " in result.stdout for name in names)
    assert run().stdout == result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_fits_the_screen_and_shows_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.stdout
    assert f"  corollary {name}" in result.stdout
    assert ESCAPE not in result.stdout
    lines = result.stdout.splitlines()
    assert len(lines) <= 60
    assert max(len(line) for line in lines) <= 90


def test_help_answers_at_once() -> None:
    """Processor seconds of a cold start, the best of three: others may be at work here."""
    command = [sys.executable, "-c", "from corollary_cli.main import main; main()", "--help"]
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.2, seconds


def test_a_wrong_word_gets_the_nearest() -> None:
    assert_told(run("chta"), 2, "Did you mean 'chat'?", "try: corollary chat --help")
    assert_told(run("tools", "shwo"), 2, "Did you mean 'show'?")
    assert_told(run("xyzzy"), 2, "the commands are solve, chat")
    assert_told(run("solve", "--modle", "expert", "2"), 2, "--model")
    assert_told(run("gate", "one"), 2, "STUDENT", "the form is: corollary gate")


@pytest.mark.parametrize(
    ("choice", "variables", "expected"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1", "CI": "true"}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_the_order_of_colour_rules(
    choice: str, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_color(sys.stdout, choice) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "variables", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"}, {"COLUMNS": "40"}]
)
def test_json_parses_whatever_the_terminal(variables: dict[str, str]) -> None:
    result = run("tools", "list", "--toolkit", "arithmetic", "--json", **variables)
    assert result.exit_code == 0, result.stderr
    body = json.loads(result.stdout)
    assert body["schema"] == "corollary.tools/1"
    assert body["tools"][0]["function"]["name"] == "calculate"


def test_a_pipe_gets_tabs_and_no_table() -> None:
    lines = run("tools").stdout.splitlines()
    assert lines[0] == "tool\twhat it does"
    assert all(line.count("\t") == 1 for line in lines)


def test_tools_are_shown_and_called() -> None:
    shown = run("tools", "show", "calculate").stdout
    assert "expression: string" in shown
    assert "examples" in shown
    assert run("tools", "call", "calculate", "expression=48/2").stdout == "24\n"
    called = run("tools", "call", "calculate", '{"expression": "0.2*50"}', "--json")
    assert json.loads(called.stdout)["text"] == "10"


def test_a_refused_call_is_told_in_the_tools_words() -> None:
    assert_told(run("tools", "call", "calculate"), 2, "expression is missing")
    assert_told(run("tools", "call", "calculate", "expression=2+"), 2, "tools show calculate")
    assert_told(run("tools", "call", "calculate", "48/2"), 2, "NAME=VALUE")
    assert_told(run("tools", "call", "calculate", "{2}"), 2, "cannot read the arguments")
    assert_told(run("tools", "call", "premise", "n=one"), 2, "of type integer")
    assert_told(run("tools", "show", "calculat"), 2, "try: calculate")
    assert_told(run("tools", "list", "--toolkit", "logik"), 2, "logic")


def build_failing(error: BaseException) -> LateGroup:
    """The root group with one command that raises."""
    group = LateGroup({}, name="corollary")

    @click.command()
    def fail() -> None:
        raise error

    group.list_commands = lambda ctx: ["fail"]  # type: ignore[method-assign]
    group.get_command = lambda ctx, name: fail  # type: ignore[method-assign]
    return group


def fail_with(error: BaseException, *words: str) -> tuple[int, str]:
    from click.testing import CliRunner

    result = CliRunner().invoke(build_failing(error), [*words, "fail"])
    return result.exit_code, result.stderr


def test_a_bug_is_one_line_and_a_file(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    code, told = fail_with(RuntimeError("the secret is out"))
    assert code == 3
    assert told.count("\n") == 1
    path = told.split("traceback in ")[1].split(";")[0]
    assert "RuntimeError: the secret is out" in open(path, encoding="utf-8").read()  # noqa: PTH123, SIM115


def test_a_traceback_is_shown_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    error = CorollaryError("no", because="of that", remedy="this", exit_code=3)
    assert fail_with(error) == (3, "error: no\n  because of that\n  try: this\n")
    monkeypatch.setenv("COROLLARY_DEBUG", "1")
    code, told = fail_with(error)
    assert (code, told.count("Traceback")) == (3, 1)


def test_ctrl_c_ends_with_130_and_says_how_to_go_on() -> None:
    code, told = fail_with(KeyboardInterrupt())
    assert code == 130
    assert "To go on: corollary fail" in told


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (OSError(28, "No space left on device", "/x/run.sqlite"), 3, "no space left for /x/run"),
        (PermissionError(13, "Permission denied", "/x"), 2, "cannot use /x"),
        (ModuleNotFoundError("no", name="langchain_openai"), 3, "corollary[hosted]"),
        (ModuleNotFoundError("no", name="reasoning_gym.code"), 3, "corollary[gym]"),
    ],
)
def test_known_failures_become_three_lines(error: Exception, code: int, word: str) -> None:
    found = explain(error)
    assert found is not None
    assert found.exit_code == code
    assert word in str(found)


def test_an_unknown_missing_module_is_a_bug() -> None:
    assert explain(ModuleNotFoundError("no", name="numpy")) is None


def test_quiet_keeps_errors(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(quiet=True)
    output.note("a remark")
    report_failure(CorollaryError("no", because="b", remedy="t"), output, [])
    assert capsys.readouterr().err == "error: no\n  because b\n  try: t\n"


def test_foreign_text_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31mred\x1b[0m\x07\x00b") == "aredb"
    assert printable("\x1b]0;title\x07x\x9b2Jy\u202ez\ud800") == "xyz"
    assert printable("two\r\nlines\tand\rmore") == "two\nlines\tand\nmore"


@pytest.mark.parametrize("text", ["[x]", "[/1, 2]", "2*3*4", r"\(x\)", "a_1_b", "<script>", "😀"])
def test_foreign_text_arrives_as_it_was(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.text import Text

    output = Output(color="never")
    output.result(text)
    output.show(Text(text), result=True)
    assert capsys.readouterr().out == f"{text}\n{text}\n"


def test_ascii_spells_mathematics() -> None:
    assert to_ascii("∀x ¬p → q, x² ≤ √3") == "forall x ~p -> q, x^2 <= sqrt3"
    assert to_ascii("😀") == "\\U0001f600"
    assert one_line("a  b\nc" * 9, 10) == "a b ca ..."


def test_a_closed_pipe_is_silent() -> None:
    """No words, and a code that is nobody's yes or no."""
    command = f"{sys.executable} -c 'from corollary_cli.main import main; main()' --help"
    done = subprocess.run(
        f'{command} | true; echo "${{PIPESTATUS[0]}}"',
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


def test_version_names_the_parts() -> None:
    lines = run("--version").stdout.splitlines()
    assert lines[0].startswith("corollary ")
    assert any(line.startswith("z3-solver ") for line in lines)


def test_the_root_knows_every_command_once() -> None:
    assert len(set(COMMANDS)) == len(COMMANDS) == 16
    assert isinstance(cli, LateGroup)
