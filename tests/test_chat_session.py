"""Sessions of the chat: approving calls, stopping, going on, journals, comparing, completing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import run
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input

from corollary_agent.trace import Attempt, Step
from corollary_cli.chat.following import Following
from corollary_cli.chat.journal import Journal, check_name, list_sessions
from corollary_cli.chat.keeping import keep_turns
from corollary_cli.chat.loop import run_session
from corollary_cli.chat.models import Models
from corollary_cli.chat.opening import build_completer
from corollary_cli.chat.reading import joined_lines
from corollary_cli.chat.session import Session
from corollary_cli.chat.sessions import tell_where
from corollary_cli.console import Output
from corollary_datagen.store import open_store
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

BOB = "Bob is kind. If someone is kind then they are nice. Is Bob nice?"
CTRL_C = "\x03"
ENTER = "\r"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@contextmanager
def opened(toolkit: Toolkit, name: str | None = None, spec: str = "expert") -> Iterator[Session]:
    session = Session(Output(color="never"), Models(toolkit, Output()), spec, Journal(None))
    try:
        session.enter(Journal(name), named=name is not None)
        yield session
    finally:
        session.close()


def say(session: Session, *lines: str, keys: str = "") -> None:
    """Type lines, and keys at the questions that come."""
    with create_pipe_input() as typed, create_app_session(input=typed):
        typed.send_text(keys)
        run_session(session, lines)


def test_calls_are_edited_refused_and_run(
    toolkit: Toolkit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Edit the first call twice, since the first edit cannot run; then run all."""
    new = 'premise(n=1, formula="kind(bob) & true")'
    line = "\x01\x0b"  # to the line's beginning, and all of it away
    keys = f"e{ENTER}{line}premis(n=1){ENTER}{line}{new}{ENTER}a{ENTER}"
    with opened(toolkit) as session:
        session.approve, session.run_dir = True, tmp_path / "run"
        say(session, BOB, keys=keys)
        (turn,) = session.turns
    told = capsys.readouterr().err
    assert "there is no tool 'premis'" in told
    assert "1 ▸ premise(1, kind(bob) & true)" in told
    assert "1 edit kept as preference pair in " in told
    assert turn.trace.steps[0].attempts[0].text == 'premise(n=1, formula="kind(bob)")'
    assert turn.trace.answer is not None
    assert turn.trace.answer.value == "True"
    kept = json.loads(run("pairs", str(tmp_path / "run"), "--json").stdout)
    assert kept["kinds"] == {"repair": 1}
    with open_store(tmp_path / "run", write=False) as store:
        (pair,) = store.pairs()
    assert pair.origin == "edit"
    assert "kind(bob) & true" in str(pair.chosen)
    assert "true" not in str(pair.rejected)


def test_a_refusal_is_told_and_one_odd_word_is_not_one(
    toolkit: Toolkit, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(toolkit) as session:
        session.approve = True
        say(session, BOB, keys=f"x{ENTER}{ENTER}n it is wrong{ENTER}")
        assert session.turns[0].trace.stop == "refused"
    told = capsys.readouterr().err
    assert "Not run: the person refused this call: it is wrong" in told
    assert told.count("n WHY refuses it") == 3


def test_ctrl_c_at_the_question_keeps_what_was_done(
    toolkit: Toolkit, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(toolkit) as session:
        session.approve = True
        say(session, BOB, "/trace", "", keys=f"{ENTER}{CTRL_C}{ENTER}{ENTER}")
        assert len(session.turns[0].trace.steps) == 4
    told = capsys.readouterr().err
    assert "stopped after 1 call, " in told
    assert "not finished; Enter or /continue goes on" in told
    assert told.count("2 ▸ premise(2, forall x. kind(x) -> nice(x))") == 2


def test_a_session_is_found_again_and_its_open_run_goes_on(
    toolkit: Toolkit, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(toolkit, "homework") as session:
        say(session, "What is 2 + 3?")
        session.approve = True
        say(session, BOB, keys=f"{ENTER}{CTRL_C}")
    with (state / "corollary/sessions/homework/turns.jsonl").open("a") as file:
        file.write('{"turn": 3, "probl')  # cut by a kill
    capsys.readouterr()
    with opened(toolkit, "homework") as session:
        tell_where(session)
        say(session, "/continue")
        assert [turn.number for turn in session.turns] == [1, 2]
    told = capsys.readouterr().err
    assert "not finished by expert; Enter or /continue goes on" in told
    assert "1 ▸ premise(1, kind(bob))" in told
    assert "3 calls" in told
    (row,) = list_sessions()
    assert (row.name, row.problems, row.last) == ("homework", 2, BOB)


def test_a_session_is_open_in_one_place(toolkit: Toolkit) -> None:
    with opened(toolkit, "homework") as session:
        say(session, "What is 2 + 3?")
        with (
            pytest.raises(CorollaryError, match="session homework is open elsewhere"),
            opened(toolkit, "homework"),
        ):
            pass


def test_damaged_files_are_told_in_three_lines(toolkit: Toolkit, state: Path) -> None:
    folder = state / "corollary/sessions/one"
    with opened(toolkit, "one") as session:
        say(session, "What is 2 + 3?")
    (folder / "states.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(CorollaryError, match=r"states\.sqlite"), opened(toolkit, "one"):
        pass
    (folder / "turns.jsonl").write_text('{"turn": 1, "problem": {}, "model": "expert"}\n')
    with pytest.raises(CorollaryError, match="cannot be read"), opened(toolkit, "one"):
        pass


@pytest.mark.parametrize("name", ["", "a/b", "..", "a" * 65, "-x"])
def test_names_that_cannot_be_folders(name: str) -> None:
    with pytest.raises(CorollaryError):
        check_name(name)


def test_sessions_are_changed_by_name(toolkit: Toolkit, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(toolkit, "one") as session:
        say(session, "What is 2 + 3?", "/new two", "What is 3 + 4?", "/sessions", "/sessions one")
        assert [turn.trace.answer.text for turn in session.turns if turn.trace.answer] == ["5"]
        say(session, "/sessions three", "/new two", "/new a/b")
    told = capsys.readouterr().err
    assert "*two     1 problem" in told
    assert "there is no session 'three'" in told
    assert "there is a session 'two' already" in told
    assert "'a/b' cannot be the name of a session" in told


def test_a_state_folder_that_cannot_be_written_keeps_nobody_from_working(
    toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    with opened(toolkit, "one") as session:
        say(session, "What is 2 + 3?", "What is 3 + 4?", "/sessions")
        assert len(session.turns) == 2
    assert capsys.readouterr().err.count("this session is not kept: Not a directory") == 1


def test_retry_and_undo(toolkit: Toolkit, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(toolkit, "one", spec="expert:0.5") as session:
        say(session, BOB, "/retry", "/retry --model expert", "/retry -x", "/undo")
        seeds = [turn.trace.sampling.seed for turn in session.turns]
        assert (seeds, session.spec) == ([0, 1], "expert:0.5")
        say(session, "/undo", "/undo", "/undo", "/retry")
    told = capsys.readouterr().err
    assert "/retry does not take '-x'" in told
    assert told.count("taken back: Bob is kind.") == 3
    assert told.count("there is no trace yet") == 2
    with opened(toolkit, "one") as session:
        assert session.turns == []


def test_two_models_side_by_side(toolkit: Toolkit, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(toolkit) as session:
        say(session, "/compare expert:1.0", BOB, "/compare off", "/compare nothing")
        left, right = session.turns
        assert (left.model, right.model) == ("expert", "expert:1.0")
    captured = capsys.readouterr()
    assert "expert and expert:1.0 answer" in captured.err
    assert "the calls first differ at step" in captured.err
    assert captured.out.splitlines()[0] == "True"
    assert "there is no model 'nothing'" in captured.err


def test_a_turn_is_stored_once(toolkit: Toolkit, tmp_path: Path) -> None:
    with opened(toolkit) as session:
        say(session, BOB, "/retry", f"/save {tmp_path / 'run'}", f"/save {tmp_path / 'run'}")
        assert keep_turns(tmp_path / "run", session.turns, toolkit) == 0
    with open_store(tmp_path / "run", write=False) as store:
        assert (store.counts()["problems"], store.counts()["traces"]) == (1, 2)


def test_lines_that_end_in_a_backslash_go_on() -> None:
    lines = ["one \\\n", "two\n", "three\r\n", "four \\"]
    assert list(joined_lines(lines)) == ["one \ntwo", "three", "four \n"]


def test_what_the_prompt_offers(toolkit: Toolkit) -> None:
    with opened(toolkit) as session:
        completer = build_completer(session)

        def offered(text: str) -> list[str]:
            return [c.text for c in completer.get_completions(Document(text), CompleteEvent())]

        assert offered("/co") == ["/continue", "/compare"]
        assert offered("/model sta") == ["starter"]
        assert offered("/retry --model exp") == ["expert", "expert:0.3"]
        assert "prove" in offered("/tools pro")
        assert offered("Is 1 /mo") == offered("2 + 2") == []


def test_the_status_line_and_streamed_words(capsys: pytest.CaptureFixture[str]) -> None:
    seen = Following(Output(color="never"), pretty=True)
    for piece in ("First,\n", "\\(x^2\\)\n", "is\n", "long", ".\n", "So 4."):
        seen.see("token", piece)
    assert capsys.readouterr().err == "  First,\n  x²\n"
    assert "6 tokens" in seen.status()
    assert seen.take_rest("whatever the message was") == "is\nlong.\nSo 4."
    seen.see("step", Step(output_tokens=7))
    assert "step 2" in seen.status()
    seen.see("token", "24")
    assert seen.take_rest("24") == "24"
    assert capsys.readouterr().err == ""


def test_the_same_failure_is_not_spelled_out_twice(capsys: pytest.CaptureFixture[str]) -> None:
    seen = Following(Output(color="never"))
    for _ in range(2):
        seen.see("repair", Attempt(text="a\nb", fault="malformed_call", told="Send one call."))
    told = capsys.readouterr().err
    assert told.count("Send one call.") == 1
    assert "the same again" in told


def test_approving_needs_a_terminal() -> None:
    result = run("chat", "-m", "expert", "--approve", stdin="2 + 2\n")
    assert result.exit_code == 2
    assert "nobody can approve calls here" in result.stderr
