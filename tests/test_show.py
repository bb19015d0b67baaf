"""`corollary show`: what is listed, chosen and drawn, for people, programs and hostile text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import assert_told, run
from made_evaluations import make_graded, make_problem, number
from terminal import Terminal
from test_formats import CALC, SOLVE, USER, call, result, words
from test_report import FOREIGN

from corollary_agent.trace import Attempt, Observation, Step, ToolCall
from corollary_cli.show.lists import trace_lines
from corollary_cli.show.screen import Screen
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store import open_store
from corollary_datagen.verdict import StepJudgement

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def steps(text: str = "24") -> tuple[Step, ...]:
    made = ToolCall(id="c1", name="calculate", arguments={"expression": "48/2"})
    seen = Observation(call_id="c1", text=text, fault="tool_error")
    attempt = Attempt(text="calc(", fault="malformed_call", told="close the bracket")
    return (
        Step(attempts=(attempt,), calls=(made,), observations=(seen,), output_tokens=5),
        Step(content="∴ 24 [bold]not markup[/bold]"),
    )


def pair(at: int, **changes: Any) -> PreferencePair:
    fields: dict[str, Any] = {
        "kind": "step",
        "problem_id": f"p{at}",
        "family": f"f{at}",
        "tools": (),
        "prompt": (USER,),
        "chosen": (call(CALC), result("24"), words("the answer is 24")),
        "rejected": (call(CALC), result("24"), words("the answer is 25"), call(SOLVE)),
        "chosen_trace": "student/p0000",
        "rejected_trace": "student/p0001",
        "error_kind": "wrong_answer",
        **changes,
    }
    return PreferencePair(**fields)


def make_run(folder: Path, text: str = "24") -> Path:
    rows = [
        make_graded(make_problem(i, gold=number("4"), family=f"f{i % 2}"), "+-?!"[i % 4], model=m)
        for i, m in enumerate(["student"] * 6 + ["expert:0.2"] * 2)
    ]
    first = rows[1].trace.model_copy(update={"steps": steps(text), "id": "abcdef0123456789"})
    with open_store(folder) as store:
        store.add_problems(row.problem for row in rows)
        store.add_traces([(first if i == 1 else row.trace, i) for i, row in enumerate(rows)])
        known = [row.verdict for row in rows if row.verdict]
        judged = StepJudgement(step=0, method="calls", judgement="INCORRECT", reason=text)
        update = {"trace_id": first.id, "first_wrong_step": 0, "step_judgements": (judged,)}
        known[1] = known[1].model_copy(update=update)
        store.add_verdicts(known)
        store.add_pairs([pair(0), pair(1, kind="repair", error_kind="malformed_call")])
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_run(tmp_path_factory.mktemp("show") / "run"))


def lines(*asked: str, **environment: str) -> list[str]:
    told = run("show", *asked, **environment)
    assert told.exit_code == 0, told.stderr
    return told.stdout.splitlines()


def test_a_run_lists_its_traces(made: str) -> None:
    told = lines(made)
    assert len(told) == 9
    assert re.match(r"abcdef0123456789 +wrong +2 +7 +answered +p0001: no answer", told[2])
    assert [line.split()[1] for line in told[1:5]] == ["right", "wrong", "undecided", "error"]
    assert not ESCAPES.search("".join(told))


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (("--verdict", "wrong"), 2),
        (("--verdict", "error"), 2),
        (("--family", "f1"), 4),
        (("--model", "expert"), 2),
        (("--error-kind", "malformed_call"), 1),
        (("--verdict", "wrong", "--model", "student", "--family", "f1"), 2),
        (("-n", "3"), 3),
    ],
)
def test_traces_are_chosen(made: str, asked: tuple[str, ...], count: int) -> None:
    assert len(lines(made, *asked)) == count + 1
    body = json.loads(run("show", made, *asked, "--json").stdout)
    assert (body["schema"], len(body["traces"])) == ("corollary.show/1", count)


def test_pairs_are_listed_and_chosen(made: str) -> None:
    assert re.search(
        r"1 +step +wrong_answer +the answer is 24.* / the answer", lines(made, "--pairs")[1]
    )
    assert len(lines(made, "--kind", "repair")) == 2
    assert len(lines(made, "--pairs", "--error-kind", "malformed")) == 2
    assert len(lines(made, "--pairs", "--model", "student")) == 3
    body = json.loads(run("show", made, "--pairs", "--family", "f1", "--json").stdout)
    assert [row["number"] for row in body["pairs"]] == [2]


def test_what_fits_nothing_is_answered_with_what_there_is(made: str) -> None:
    told = run("show", made, "--model", "gpt")
    assert (told.exit_code, told.stdout) == (0, "")
    assert "none of the 8 traces fits" in told.stderr
    assert "model: expert:0.2, student" in told.stderr
    assert "kind: repair, step" in run("show", made, "--kind", "stepp").stderr
    assert json.loads(run("show", made, "--model", "gpt", "--json").stdout)["traces"] == []


def test_one_trace_step_by_step(made: str) -> None:
    told = "\n".join(lines(made, "abcdef01"))
    for part in (
        "step 1  5 tokens", "first wrong step", "wrong by its calls: 24", "! calc(",
        "malformed call: close the bracket", '▸ calculate(expression="48/2")', "→ 24",
        "fault: tool error", "∴ 24 [bold]not markup[/bold]", "answer    none", "expected  4",
        "verdict   wrong: made",
    ):  # fmt: skip
        assert part in told, part
    body = json.loads(run("show", made, "abcdef01", "--json").stdout)
    assert (body["trace"]["id"], body["judged"]) == ("abcdef0123456789", "wrong")


def test_ascii_streams_get_ascii(made: str) -> None:
    told = run("show", made, "abcdef01", charset="ascii").stdout
    assert "> calculate" in told
    assert "-> 24" in told
    assert told.isascii()


def test_one_pair_side_by_side_or_stacked(made: str) -> None:
    wide = "\n".join(lines(made, "--pair", "1", COLUMNS="120"))
    assert re.search(r"answer is \{\+24\+\} +model  the answer is \[-25-\]", wide)
    assert wide.count("calculate") == 1, "what is shared is shown once"
    narrow = "\n".join(lines(made, "--pair", "1", COLUMNS="60"))
    assert narrow.index("chosen") < narrow.index("{+24+}") < narrow.index("rejected")
    assert max(map(len, narrow.splitlines())) <= 60
    assert json.loads(run("show", made, "--pair", "2", "--json").stdout)["number"] == 2


def test_colour_is_asked_for_and_refused(made: str) -> None:
    told = run("show", made, "--pair", "1", "--color", "always", COLUMNS="120").stdout
    assert "\x1b[" in told
    assert "{+" not in told
    assert "\x1b[" not in run("show", made, "--pair", "1", NO_COLOR="1").stdout


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("zzzz",), "no trace"),
        (("student/p",), "begin with"),
        (("--pair", "3"), "numbered 1 to 2"),
        (("--pair", "-1"), "no pair -1"),
        (("abcdef01", "--pair", "1"), "at once"),
        (("abcdef01", "--verdict", "wrong"), "--verdict"),
        (("--pairs", "--verdict", "wrong"), "no verdict"),
    ],
)
def test_wrong_use_is_told(made: str, asked: tuple[str, ...], told: str) -> None:
    assert_told(run("show", made, *asked), 2, told)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    assert_told(run("show", str(tmp_path)), 2, "is not a run")


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    nasty = f"{FOREIGN}\x1b]0;title\x07\x9b2J [link=x]y[/link]\r" + "z" * 1_000_000
    made = str(make_run(tmp_path / "run", nasty))
    told = run("show", made, "abcdef01", "--color", "always").stdout
    assert not set(ESCAPES.sub("", told)) & set("\x1b\x9b\x00\x07\r\u202e")
    assert "[link=x]y[/link]" in told
    assert told.count("z" * 1_000_000) == 2, "one trace is shown whole"
    sides = {"chosen": (words(nasty),), "rejected": (words(f"{nasty}!"),)}
    with open_store(Path(made)) as store:
        store.replace_pairs([pair(0, **sides)])
    told = run("show", made, "--pair", "1").stdout
    assert "more characters" in told
    assert "[link=x]" in told
    assert len(run("show", made, "--pairs").stdout.splitlines()) == 2


def test_a_pager_is_used_on_a_terminal_alone(
    made: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {kept}; echo paged\n")
    pager.chmod(0o755)
    monkeypatch.setenv("PAGER", str(pager))
    assert "paged" not in run("show", made).stdout
    short = Terminal("show", made, state=tmp_path)
    short.wait_for("p0007")
    short.close()
    assert not kept.exists(), "what fits the screen is written at once"
    long = Terminal("show", str(make_long(tmp_path / "long")), state=tmp_path)
    long.wait_for("paged")
    long.close()
    told = kept.read_text(encoding="utf-8").strip().splitlines()
    assert len(told) == 101
    assert all("ungraded" in line for line in told[1:])


def make_long(folder: Path) -> Path:
    rows = [make_graded(make_problem(i, gold=number("4")), "+", model="m") for i in range(100)]
    with open_store(folder) as store:
        store.add_problems(row.problem for row in rows)
        store.add_traces((row.trace, i) for i, row in enumerate(rows))
    return folder


def test_a_reader_that_goes_away_leaves_no_word(tmp_path: Path) -> None:
    made = make_long(tmp_path / "long")
    code = "from corollary_cli.main import main; main()"
    shell = f'"{sys.executable}" -c "{code}" show "{made}" | head -1'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("trace")
    assert done.stderr == ""


def test_a_page_is_not_written_where_it_cannot_be(made: str, tmp_path: Path) -> None:
    assert_told(run("report", made, "-o", str(tmp_path)), 2, "it is a folder")
    assert_told(run("report", made, "-o", str(tmp_path / "no" / "x.html")), 2, "no folder")
    told = run("report", made, "-n", "1", "-o", str(tmp_path / "x.html"))
    assert told.exit_code == 0, told.stderr
    assert "the first 1 of 8" in (tmp_path / "x.html").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["x.html"]


def test_a_narrow_list_keeps_the_answer_and_the_end_of_the_id() -> None:
    long = {"id": "generated/theories/train/0/12"}
    problem = make_problem(1, gold=number("19")).model_copy(update=long)
    row = make_graded(problem, "+", model="m")
    _, line = trace_lines([row], Screen(80, color=False, unicode=True))
    assert line.rstrip().endswith("ain/0/12: 19")
    assert len(line.rstrip()) <= 80
