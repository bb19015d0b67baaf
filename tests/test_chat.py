"""The chat and `solve`: steps as they happen, verdicts, slash words, saving, and Ctrl-C."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from command import assert_told, run
from terminal import Terminal

from corollary_agent.problem_text import read_problem
from corollary_agent.trace import Observation, Sampling, Step, ToolCall, Trace
from corollary_cli.chat.rendering import call_line, raw_arguments, result_block, shown_arguments
from corollary_cli.console import ASCII_GLYPHS, Glyphs
from corollary_cli.judging import judge_answer
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit

BOB = "Bob is kind. If someone is kind then they are nice. Is Bob nice?"
STEPS = """\
  1 ▸ premise(1, kind(bob))
        2. If someone is kind then they are nice.
  2 ▸ premise(2, forall x. kind(x) -> nice(x))
        Question: Is Bob nice?
  3 ▸ prove(nice(bob))
        True (from 1, 2)

  True

  ✓ proved    True (from 1, 2)
              by z3, for what the model wrote down
                1. kind(bob)
                2. forall x. kind(x) -> nice(x)"""


def untimed(text: str) -> str:
    """The lines without what differs from run to run: the times at their ends."""
    lines = text.splitlines()
    return "\n".join(line.rsplit("  ", 1)[0].rstrip() if " ms" in line else line for line in lines)


def plain(text: str) -> str:
    """The text without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def write_script(folder: Path, *messages: str | dict[str, object]) -> str:
    """A scripted model that answers with these texts and calls; its spec."""
    rows = []
    for number, message in enumerate(messages):
        if isinstance(message, str):
            rows.append({"role": "assistant", "content": message})
            continue
        call = {"id": f"c{number}", "type": "function", "function": message}
        rows.append({"role": "assistant", "content": "", "tool_calls": [call]})
    path = folder / "script.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return f"scripted:{path}"


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"name": name, "arguments": arguments}


def test_solve_shows_each_step_and_prints_the_answer_alone() -> None:
    result = run("solve", "-m", "expert", BOB)
    assert result.exit_code == 0
    assert result.stdout == "True\n"
    *lines, figures = untimed(result.stderr).splitlines()
    assert "\n".join(lines) == STEPS
    assert "3 calls" in figures


def test_solve_in_ascii() -> None:
    result = run("solve", "-m", "expert", BOB, charset="ascii")
    assert result.exit_code == 0
    assert result.stderr.isascii()
    assert "  1 > premise(1, kind(bob))" in result.stderr
    assert "+ proved" in result.stderr


def test_solve_as_json() -> None:
    result = run("solve", "-m", "expert", BOB, "--json", "-q")
    body = json.loads(result.stdout)
    assert (body["schema"], body["answer"], body["stop"]) == (
        "corollary.solve/1",
        "True",
        "answered",
    )
    assert body["verdict"]["word"] == "proved"
    assert len(body["trace"]["steps"]) == 4
    assert result.stderr == ""


def test_solve_reads_stdin(tmp_path: Path) -> None:
    assert run("solve", "-m", "expert", "-", stdin=BOB).stdout == "True\n"


def test_solve_takes_a_problem_of_a_source() -> None:
    result = run("solve", "--source", "generated:orderings", COROLLARY_MODEL="expert")
    assert result.exit_code == 0
    assert "✓ proved" in result.stderr
    assert "the answer in generated is" in result.stderr
    assert "No model is set up" not in result.stderr


def test_without_a_model_one_line_says_what_answers() -> None:
    assert "No model is set up, so this is" in run("solve", "2 + 3").stderr.splitlines()[0]


SUM = call("calculate", expression="3+4")
AGAINST = call("prove", conclusion="nice(bob)", premises=["kind(bob)", "~nice(bob)"])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What was shown of each script, all in one session."""
    scripts = {
        "checked": [SUM, "7"],
        "another": [SUM, "8"],
        "unsupported": ["8"],
        "loop": [SUM, SUM, SUM, SUM],
        "unknown": [call("calculat", expression="1"), SUM, "7"],
        "failing": [call("calculate", expression="2+"), call("calculate", expression="2+3"), "5"],
        "foreign": ["\x1b[2J[bold]2*3*4[/bold] \\(x\\) is 24"],
    }
    lines = []
    for name, script in scripts.items():
        folder = tmp_path_factory.mktemp(name)
        lines += [f"/model {write_script(folder, *script)}", "How many are 3 [x] and 4*1*1?"]
    parts = chat(*lines, color="always").split("  model scripted:")
    return dict(zip(scripts, parts[1:], strict=True))


def test_what_a_person_may_believe(told: dict[str, str]) -> None:
    assert "≈ checked   7 is exact" in plain(told["checked"])
    assert "? unchecked the last tool result is 7 (from calculate)" in plain(told["another"])
    assert "? unchecked no tool result covers it" in plain(told["unsupported"])
    assert "no answer: loop" in told["loop"]


def test_a_failing_call_and_its_repair_are_shown(told: dict[str, str]) -> None:
    assert '✗ unknown tool: calculat(expression="1")' in plain(told["unknown"])
    assert "Did you mean calculate?" in told["unknown"]
    assert '  1 ✗ calculate(expression="2+")' in plain(told["failing"])
    assert "  2 ▸ calculate(2+3)" in plain(told["failing"])


def test_foreign_text_stays_text(told: dict[str, str]) -> None:
    assert "[bold]2*3*4[/bold] \\(x\\) is 24" in told["foreign"]
    assert "\x1b[2J" not in told["foreign"]


def test_an_answer_against_the_proof_is_refuted(tmp_path: Path) -> None:
    result = run("solve", "-m", write_script(tmp_path, AGAINST, "True"), BOB)
    assert (result.exit_code, result.stdout) == (1, "True\n")
    assert "✗ refuted   False" in result.stderr


def test_an_answer_against_the_source_is_refuted(tmp_path: Path) -> None:
    own = {"id": "one", "question": "How many are 3 + 4?", "answer": "7"}
    (tmp_path / "own.jsonl").write_text(json.dumps(own), encoding="utf-8")
    spec = write_script(tmp_path, call("calculate", expression="3+5"), "8")
    result = run("solve", "-m", spec, "--source", f"jsonl:{tmp_path / 'own.jsonl'}", "--json")
    assert result.exit_code == 1, result.stderr
    assert json.loads(result.stdout)["verdict"]["word"] == "refuted"


def test_no_answer_is_could_not_tell(tmp_path: Path) -> None:
    result = run("solve", "-m", write_script(tmp_path, SUM, SUM, SUM, SUM), "How many?")
    assert (result.exit_code, result.stdout) == (3, "")


def chat(*lines: str, model: str = "expert", color: str = "never") -> str:
    result = run("chat", "-m", model, "--color", color, stdin="\n".join(lines) + "\n")
    assert result.exit_code == 0, result.stderr
    return result.stderr


def test_chat_from_a_pipe(tmp_path: Path) -> None:
    result = run("chat", "-m", "expert", stdin=f"{BOB}\n\nWhat is 2 + 3?\n/quit\nWhat is 1 + 1?\n")
    assert result.stdout == "True\n5\n"
    banner = result.stderr.splitlines()[:3]
    assert banner[0].startswith("corollary chat · expert · ")
    assert banner[2] == ""


def test_slash_words() -> None:
    told = chat("/help", "/tools", "/tools prove", "/model", "/trace", "/hepl", "/tools prov")
    assert "/save FILE" in told
    assert "premise(n, formula)" in told
    assert "conclusion: string" in told
    assert "  model expert\n" in told
    assert "there is no trace yet" in told
    assert "there is no /hepl. Did you mean /help?" in told
    assert "there is no tool 'prov'" in told


def test_the_model_can_be_changed_and_a_wrong_one_leaves_the_old() -> None:
    told = chat("/model expert:0.1", "/model expertt", "/model", BOB, "/show", "/new", "/trace")
    assert "there is no model 'expertt'" in told
    assert told.count("  model expert:0.1\n") == 2
    assert "1 ▸ premise(1, kind(bob))" in told
    assert 'prove(conclusion="nice(bob)")' in told
    assert "stop answered" in told
    assert "forgotten" in told
    assert "there is no trace yet" in told


def test_a_session_is_saved(tmp_path: Path) -> None:
    page, record = tmp_path / "s.md", tmp_path / "s.json"
    told = chat(BOB, f"/save {page}", f"/save {record}", f"/save {tmp_path / 's.txt'}", "/save")
    assert "saved 1 problem " in told
    assert "neither .md nor .json" in told
    assert "/save needs a name" in told
    assert "```\nTrue\n```" in page.read_text(encoding="utf-8")
    body = json.loads(record.read_text(encoding="utf-8"))
    assert body["schema"] == "corollary.chat/1"
    assert Trace.model_validate(body["turns"][0]["trace"]).answer is not None


def test_a_save_that_cannot_be_written_keeps_the_session(tmp_path: Path) -> None:
    told = chat(f"/save {tmp_path / 'no' / 's.md'}", "What is 2 + 3?")
    assert "no such file or directory" in told
    assert "calculate(2 + 3)" in told


def test_a_failing_model_keeps_the_session() -> None:
    told = chat("What is 2 + 3?", "/help", model="openai:small@http://127.0.0.1:1/v1")
    assert "no connection" in told
    assert "/save FILE" in told


def test_arguments_for_reading_and_as_sent() -> None:
    arguments = {"names": ["a", "b"], "values": ["1..5"], "distinct": True, "rest": []}
    assert shown_arguments(arguments) == "[a, b], [1..5], true"
    assert raw_arguments({"text": 'say "x"'}) == 'text="say \\"x\\""'


def test_lines_reach_the_edge_and_never_lose_arguments() -> None:
    seen = Observation(call_id="c", text="24", milliseconds=31.4)
    line = call_line(1, ToolCall(id="c", name="f", arguments={"x": "1" * 90}), seen, Glyphs(), 40)
    assert "1" * 90 in line.plain
    short = call_line(12, ToolCall(id="c", name="f", arguments={}), seen, ASCII_GLYPHS, 40)
    assert short.plain == " 12 > f()                          31 ms"


def test_long_results_are_cut_and_failures_are_not() -> None:
    text = "\n".join(str(n) for n in range(20))
    seen = Observation(call_id="c", text=text)
    assert "(12 more lines, /trace shows them)" in result_block(seen).plain
    failed = seen.model_copy(update={"fault": "tool_error"})
    assert "19" in result_block(failed).plain


def test_unreadable_tool_results_leave_the_answer_unchecked(toolkit: Toolkit) -> None:
    step = Step(
        calls=(ToolCall(id="c", name="find", arguments={}),),
        observations=(Observation(call_id="c", text="none (1 and 2 contradict each other)"),),
    )
    trace = Trace(
        id="t", problem_id="p", model="m", sampling=Sampling(), toolkit="t", prompt="p",
        messages=(), steps=(step,), answer=Answer(kind="truth", value="True"), stop="answered",
    )  # fmt: skip
    assert judge_answer(read_problem(BOB), trace, toolkit).word == "unchecked"


def test_ctrl_c_stops_the_step_and_not_the_session(tmp_path: Path) -> None:
    """A server that never answers; then the prompt, the hint, a slash word and Ctrl-D."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        spec = f"openai:small@http://127.0.0.1:{silent.getsockname()[1]}/v1"
        terminal = Terminal("chat", "-m", spec, state=tmp_path)
        try:
            terminal.wait_for("/help for commands.")
            terminal.wait_for("›")
            terminal.type("What is 2 + 3?\r")
            terminal.wait_for("thinking")
            terminal.type("\x03")
            terminal.wait_for("stopped after 0 calls", 5)
            terminal.wait_for("›")
            terminal.type("\x03")
            terminal.wait_for("Ctrl-C again or Ctrl-D leaves", 5)
            terminal.type("/model expert\r")
            terminal.wait_for("  model expert")
            terminal.type("What is 2 + 3?\r")
            terminal.wait_for("≈ checked")
            terminal.wait_for("›")
            terminal.type("\x04")
            assert terminal.process.wait(20) == 0
        finally:
            terminal.close()
    kept = (tmp_path / "corollary" / "problems").read_text(encoding="utf-8")
    assert kept.count("+What is 2 + 3?") == 1
    assert "/model" not in kept


def shown_in_the_docs() -> tuple[str, list[str]]:
    """The problem of the page's example, and the lines that are printed for it, without times."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "chat.md").read_text("utf-8")
    problem, _, lines = page.split("```\n")[1].partition("\n")
    return problem.removeprefix("› "), [row for row in untimed(lines).splitlines()[:-1] if row]


def test_a_killed_session_goes_on_by_name(tmp_path: Path) -> None:
    """Killed at a question; found again with its open run, which another process ends."""
    words = ("chat", "-m", "expert", "--session", "hw")
    terminal = Terminal(*words, "--approve", state=tmp_path)
    try:
        terminal.wait_for("calls wait for you")
        terminal.wait_for("›")
        terminal.type(f"{BOB}\r")
        terminal.wait_for("n WHY refuses it")
        terminal.type("\r")
        terminal.wait_for("n WHY refuses it")
    finally:
        terminal.close()
    again = Terminal(*words, state=tmp_path)
    try:
        again.wait_for("not finished by expert")
        again.wait_for("›")
        again.type("\r")
        again.wait_for("premise(1, kind(bob))")
        again.wait_for("premise(2, ∀x. kind(x) → nice(x))")
        again.wait_for("2. ∀x. kind(x) → nice(x)")
        problem, lines = shown_in_the_docs()
        again.wait_for("›")
        again.type(f"{problem}\r")
        for line in lines:
            again.wait_for(line)
        again.wait_for("›")
        again.type("\x04")
        again.wait_for("to go on: corollary chat --session hw")
        assert again.process.wait(20) == 0
    finally:
        again.close()


@pytest.mark.parametrize("words", [("solve",), ("chat", "-m", "expertt")])
def test_chat_and_solve_fail_in_three_lines(words: tuple[str, ...]) -> None:
    assert_told(run(*words), 2)
