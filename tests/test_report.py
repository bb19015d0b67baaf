"""The report page, read back by a parser: complete, escaped, closed to the network."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_evaluations import make_closed, make_evaluation, make_graded, make_problem, number

import corollary_cli.report
from corollary_agent.trace import Attempt, Message, Observation, Step, ToolCall
from corollary_cli.differing import aligned, differing, shared_lead, spoken
from corollary_cli.report.dialogue import LONGEST, mark_difference
from corollary_cli.report.markup import element, embed, join
from corollary_cli.report.numbers import duration, percent, short, signed_points
from corollary_cli.report.page import ReportData, build_report
from corollary_datagen.pair import PreferencePair
from corollary_training.evaluation import Graded
from corollary_training.gate import decide

FOREIGN = '</script><script>alert("1")</script> <b>&amp; "q" \x1b[2J\u202e\x00 [x] 2*3*4'
VOID = {"meta", "input", "br", "hr", "col"}


class Page(HTMLParser):
    """Tags, their attributes and all text; fails where tags do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside != "style":
            self.words.append(data)

    def all(self, tag: str, class_: str = "") -> list[dict[str, str | None]]:
        found = [a for t, a in self.tags if t == tag]
        return [a for a in found if not class_ or class_ in (a.get("class") or "").split()]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def call(name: str, **arguments: str) -> Message:
    function: Message = {"name": name, "arguments": dict(arguments)}
    row: Message = {"id": "c", "type": "function", "function": function}
    return {"role": "assistant", "content": "", "tool_calls": [row]}


def make_pair(number: int, *, text: str = "The cow is blue.") -> PreferencePair:
    return PreferencePair(
        kind="step",
        problem_id=f"p{number}",
        family="theories",
        tools=(),
        prompt=(
            {"role": "user", "content": f"1. {text}"},
            call("premise", n="1", formula="blue(cow)"),
            {"role": "tool", "tool_call_id": "c", "content": f"2. {text}"},
        ),
        chosen=(call("premise", formula="young(tiger)"),),
        rejected=(call("premise", formula="~young(tiger)"),),
        chosen_trace=f"a{number}",
        rejected_trace=f"b{number}",
    )


def make_data(traces: int = 30, pairs: int = 30, text: str = "fine") -> ReportData:
    teacher = make_evaluation("+" * 95 + "-" * 5, model="expert:0.1")
    before = make_evaluation("+" * 60 + "-" * 38 + "?!", model="local:before")
    after = make_evaluation("+" * 90 + "-" * 10, model="local:after")
    graded = [
        make_graded(make_problem(i, gold=number(text)), "+-?!"[i % 4], model="local:after")
        for i in range(traces)
    ]
    return ReportData(
        title=f"A run {text}",
        teacher=teacher,
        before=before,
        after=after,
        decision=decide(teacher, after),
        pairs=[make_pair(i, text=text) for i in range(pairs)],
        traces=graded,
        facts={"recipe": text},
        made="today",
    )


def test_the_page_has_every_part() -> None:
    page = Page(build_report(make_data()))
    sections = [attributes["id"] for attributes in page.all("section")]
    assert sections == ["comparison", "flips", "families", "faults", "pairs", "traces", "run"]
    assert [a["href"] for a in page.all("a")][:7] == [f"#{name}" for name in sections]
    assert len(page.all("svg")) >= 2
    for told in ("NO-GO", "95.0 %", "60.6 %", "90.0 %", "student before"):
        assert told in page.text


def test_every_mark_of_a_figure_has_its_figures_in_words() -> None:
    text = build_report(make_data())
    groups = re.findall(r'<g class="\w+">.*?</g>', text)
    assert groups
    for group in groups:
        assert "<title>" in group


def test_a_rule_based_teacher_is_called_one() -> None:
    data = make_data()
    assert "embedded rule-based stand-in" in Page(build_report(data)).text
    real = replace(data, teacher=make_evaluation("+" * 100, model="openai:m"), decision=None)
    assert "stand-in" not in Page(build_report(real)).text


def unfolded(script: str) -> Any:
    return json.loads(zlib.decompress(b64decode(script, validate=True)))


def test_the_first_twenty_are_html_and_all_of_them_are_packed() -> None:
    page = Page(build_report(make_data(traces=250, pairs=45)))
    assert len(page.all("article", "pair")) == 20
    assert len(page.all("article", "trace")) == 20
    pairs, one, traces, first, second, script = page.scripts
    assert "DecompressionStream" in script
    assert [len(unfolded(each)["heads"]) for each in (pairs, traces)] == [45, 250]
    assert [len(unfolded(each)["rows"]) for each in (one, first, second)] == [45, 200, 50]
    assert unfolded(pairs)["keys"] == [str(n) for n in range(1, 46)]
    for body in bodies(one):
        assert Page(body).all("div", "versus")
    assert len(set(unfolded(one)["parts"])) == len(unfolded(one)["parts"])


def bodies(script: str) -> list[str]:
    chunk = unfolded(script)
    return ["".join(chunk["parts"][part] for part in row) for row in chunk["rows"]]


def test_facets_say_which_rows_have_which_values() -> None:
    heads = unfolded(Page(build_report(make_data(traces=8, pairs=0))).scripts[0])
    values, rows = heads["facets"]["verdict"].values()
    told = [[values[place] for place in row] for row in rows]
    assert sorted(told) == [["error"]] * 2 + [["right"]] * 2 + [["undecided"]] * 2 + [["wrong"]] * 2
    page = Page(build_report(make_data(traces=8, pairs=0)))
    assert [a["data-facet"] for a in page.all("select")] == ["verdict", "stop"]
    assert "right (2)" in page.text


@pytest.mark.parametrize("where", ["static", "embedded"])
def test_foreign_text_stays_text(where: str) -> None:
    count = 5 if where == "static" else 30
    text = build_report(make_data(traces=count, pairs=count, text=FOREIGN))
    page = Page(text)
    data = "application/octet-stream"
    assert [a.get("type") for a in page.all("script")] == [data] * 4 + [None]
    assert '</script><script>alert("1")</script> <b>&amp; "q" [x] 2*3*4' in page.text
    for unwanted in ("\x1b", "\u202e", "\x00", "<script>alert"):
        assert unwanted not in text
    for script in page.scripts[:4]:
        assert re.fullmatch("[A-Za-z0-9+/=]*", script)
    for markup in (*bodies(page.scripts[1]), *bodies(page.scripts[3])):
        assert Page(markup).all("script") == []
        assert not set("\x1b\u202e\x00") & set(markup)


def test_nothing_can_be_fetched_and_only_our_script_runs() -> None:
    text = build_report(make_data())
    page = Page(text)
    policy = next(a["content"] for a in page.all("meta") if "http-equiv" in a)
    digest = b64encode(sha256(page.scripts[-1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )
    assert not [a for _, a in page.tags if "src" in a or "onclick" in a]
    assert all(str(a["href"]).startswith("#") for a in page.all("a"))
    assert "url(" not in text
    assert "@import" not in text


def test_parts_that_are_not_there_are_left_out() -> None:
    page = Page(build_report(ReportData(title="Nothing yet")))
    assert page.all("section") == []
    assert "Nothing yet" in page.text
    only_traces = Page(build_report(ReportData(title="T", traces=make_data().traces)))
    assert [a["id"] for a in only_traces.all("section")] == ["traces"]


def test_lost_problems_are_named_and_lead_to_their_traces() -> None:
    data = make_data(traces=100)
    page = Page(build_report(data))
    assert data.decision is not None
    lost = data.decision.flips.lost
    assert [a["data-seek"] for a in page.all("a") if "data-seek" in a] == list(lost)


def test_a_trace_shows_attempts_results_and_the_first_wrong_step() -> None:
    problem = make_problem(1, gold=number("4"))
    graded = make_graded(problem, "-", model="m", answer=number("5"))
    observation = Observation(call_id="c", text="2+3 is 5", fault="tool_error")
    steps = (
        Step(attempts=(Attempt(text="calc(", fault="malformed_call", told="close the bracket"),)),
        Step(
            calls=(ToolCall(id="c", name="calculate", arguments={"expression": "2+3"}),),
            observations=(observation,),
        ),
    )
    assert graded.verdict is not None
    verdict = graded.verdict.model_copy(update={"first_wrong_step": 1})
    trace = graded.trace.model_copy(update={"steps": steps})
    page = Page(build_report(ReportData(title="T", traces=[Graded(problem, trace, verdict)])))
    assert len(page.all("li", "wrong")) == 1
    assert len(page.all("pre", "tool_error")) == 1
    for told in ("close the bracket", 'calculate(expression="2+3")', "first wrong step"):
        assert told in page.text
    assert unfolded(page.scripts[0])["facets"]["fault"]["values"] == [
        "malformed_call",
        "tool_error",
    ]


def test_a_large_report_says_what_is_left_out() -> None:
    data = make_data(traces=120, pairs=60)
    text = build_report(replace(data, stored_traces=1200, stored_pairs=600))
    assert "the first 120 of 1200" in text
    assert "the first 60 of 600" in text


def test_a_line_of_a_million_letters_is_cut_and_said_so() -> None:
    data = make_data(traces=1, pairs=1, text="y" * 1_000_000)
    page = Page(build_report(ReportData(title="T", pairs=data.pairs, traces=data.traces)))
    assert max(len(words) for words in page.words) < LONGEST + 100
    assert "more characters" in page.text


def test_a_long_id_keeps_the_end_that_tells_it_apart() -> None:
    data = make_data(traces=0, pairs=1)
    name = "generated/theories/train/0/1234"
    pairs = [data.pairs[0].model_copy(update={"problem_id": name, "family": "theories:9af3"})]
    page = Page(build_report(ReportData(title="T", pairs=pairs)))
    tag = next(a for a in page.all("span", "spec"))
    assert tag["title"] == name
    assert "\u2026ted/theories/train/0/1234" in page.text
    heads = unfolded(page.scripts[0])
    assert name in heads["finds"][0]
    assert heads["facets"]["family"]["values"] == ["theories"]


def test_many_values_of_a_facet_are_not_all_options() -> None:
    data = make_data(traces=0, pairs=100)
    pairs = [pair.model_copy(update={"family": f"f{n}"}) for n, pair in enumerate(data.pairs)]
    page = Page(build_report(replace(data, pairs=pairs)))
    assert "40 more: search for them" in page.text
    assert "f99" in unfolded(page.scripts[0])["finds"][99]


def test_the_gate_without_students_before_is_enough() -> None:
    golds = ["True", "False"] * 60
    teacher = make_closed(golds, golds, model="teacher")
    after = make_closed(golds, golds, model="student")
    data = ReportData(title="T", teacher=teacher, after=after, decision=decide(teacher, after))
    assert "GO" in Page(build_report(data)).text


def test_differences_are_marked_word_by_word() -> None:
    left, right = mark_difference("premise(1, young(x))", "premise(1, ~young(x))")
    assert left == "premise(1, young(x))"
    assert right == "premise(1, <mark>~</mark>young(x))"
    assert mark_difference("a < b", "a > b")[0] == "a <mark>&lt;</mark> b"
    assert mark_difference("86", "48") == ("<mark>86</mark>", "<mark>48</mark>")
    assert "<mark>" not in "".join(mark_difference("a b c d e f", "1 2 3 4 5 6"))


@given(st.text(alphabet="ab <\n", max_size=40), st.text(alphabet="ab <\n", max_size=40))
def test_the_parts_of_a_difference_are_the_texts(left: str, right: str) -> None:
    ours, theirs = differing(left, right)
    assert ("".join(t for _, t in ours), "".join(t for _, t in theirs)) == (left, right)
    if left == right:
        assert not any(marked for marked, _ in (*ours, *theirs))


def test_a_difference_of_huge_texts_is_answered() -> None:
    left = "word " * 200_000
    assert differing(left, f"{left}!")[0] == [(False, left)]
    long = " ".join(str(n) for n in range(3000))
    assert differing(f"{long} a", f"{long} b")[1][-1] == (True, "b")


def test_rows_line_up_where_messages_read_the_same() -> None:
    left = (call("a"), call("same"), call("b"))
    right = (call("same"), call("c"))
    assert [(x and spoken(x), y and spoken(y)) for x, y in aligned(left, right)] == [
        ("a()", None), ("same()", "same()"), ("b()", "c()"),
    ]  # fmt: skip


def test_messages_that_read_the_same_are_shared() -> None:
    one, two = call("prove", conclusion="p"), {**call("prove", conclusion="p"), "name": "x"}
    assert shared_lead((one, call("a")), (two, call("b"))) == 1
    assert spoken(one) == 'prove(conclusion="p")'


def test_markup_escapes_everything_that_is_not_markup() -> None:
    built = element("p", "<i>", element("b", 'a"b'), title='"><', data_find="x", hidden=False)
    assert built == '<p title="&quot;&gt;&lt;" data-find="x">&lt;i&gt;<b>a&quot;b</b></p>'
    assert join(["a&b", None, element("br")]) == "a&amp;b<br>"
    assert json.loads(embed(["</script>\u2028&"])) == ["</script>\u2028&"]
    assert "<" not in embed("</script>")


def test_numbers_read_well() -> None:
    assert percent(0.714) == "71.4\u202f%"
    assert [signed_points(x) for x in (-0.028, 0.0, 0.051)] == ["\u22122.8", "\u00b10.0", "+5.1"]
    assert [short(x) for x in (0.456, 12.34, 1234.5)] == ["0.46", "12.3", "1\u202f234"]
    assert [duration(x) for x in (5.0, 2500.0)] == ["5.00\u202fms", "2.50\u202fs"]


def test_the_page_about_evaluation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path(__file__).parents[1] / "docs" / "evaluation.md"
    monkeypatch.chdir(tmp_path)
    for snippet in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        exec(compile(snippet, str(page), "exec"), {})
    assert capsys.readouterr().out.startswith("NO-GO")
    told = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "Stand-in teacher." in told.text


@pytest.mark.parametrize("theme", [0, 1])
def test_colours_can_be_read(theme: int) -> None:
    """Every colour that carries text has a contrast of 4.5 (WCAG AA) on what it stands on."""
    style = (Path(corollary_cli.report.__file__).parent / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.S)
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[theme]))
    pairs = [(text, ground) for text in ("ink", "soft") for ground in ("paper", "card", "wash")]
    pairs += [(role, "wash") for role in ("teacher", "before", "after")]
    pairs += [(tone, f"{tone}-wash") for tone in ("good", "bad", "open")]
    pairs += [(tone, "card") for tone in ("good", "bad", "open")]
    pairs += [("ink", ground) for ground in ("mark-good", "mark-bad", "open-wash", "bad-wash")]
    pairs += [("soft", ground) for ground in ("good-wash", "bad-wash", "open-wash")]
    weak = {pair: contrast(*(colours[name] for name in pair)) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def contrast(text: str, ground: str) -> float:
    """The contrast ratio of WCAG 2.1, 1.4.3."""
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
