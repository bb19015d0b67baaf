"""Reading answers out of final words and tool results: the wanted kind, or None."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.answers.span import answer_span
from corollary_tools.expressions.rational import read_number
from corollary_tools.reading import read_answer

NUMBERS = {
    "72": "72",
    "-64.0": "-64",
    "−7": "-7",
    "\\boxed{24}": "24",
    "$\\boxed{18\\text{ dollars}}$": "18",
    "The answer is $1,200.": "1200",
    "#### 18": "18",
    "So she makes 9 * $2 = $18 every day.": "18",
    "Therefore, 4 weeks gives 10*4 = 40 hours": "40",
    "Answer: 15%": "15",
    "**Answer:** 3/4": "0.75",
    "The final answer is: **-5** degrees.": "-5",
    "The answer is 3 + 4 = 7.": "7",
    "The answer is .5": "0.5",
    "Answer: 1 1/2 cups": "1.5",
    "Answer: seven apples": "7",
    "Answer: \\$18": "18",
    "answer is 18 (9 eggs times 2)": "18",
    "the answer would be 12,000 km": "12000",
    "1/3 (about 0.333333)": "1/3",
    "sqrt(2) (about 1.414214)": "sqrt(2)",
    "2\\sqrt{3}": "2\\sqrt{3}",
    "x = 5": "5",
    "1e5": "100000",
    "<think>maybe 12</think>42<|im_end|>": "42",
    '```json\n{"reasoning": "2 and 3", "answer": "70000"}\n```</s></s>': "70000",
    "\\boxed{3\\frac{1}{2}}": "3.5",
    "So it is \\boxed{-2\\frac14}.": "-2.25",
    "$\\boxed{1010_2}$": "1010_2",
    "1_000": "1000",
    "```output\n16.0\n```\n16 people think that horse 12 will win.": "16",
    "1 < x <= 5": None,
    "x = 2 or x = 3": None,
    "m = -21, n = -43": None,
    "x < 3": None,
    "I don't know": None,
    "": None,
}
TRUTHS = {
    "True": "True",
    "**False**": "False",
    "False (its negation follows from 2, 3)": "False",
    "Unknown (neither it nor its negation follows)": "Unknown",
    "The statement is true.": "True",
    "The answer is: false because it is true that x": "False",
    "It cannot be determined.": "Unknown",
    "Answer: B": "False",
    "yes": "True",
    "maybe": None,
}
CHOICES = {
    "A": "A",
    "b": "B",
    "(C)": "C",
    "**B**": "B",
    "Answer: B": "B",
    "\\boxed{C}": "C",
    "A (the only option that must be true)": "A",
    "The answer is (D) The jay": "D",
    "The correct option is C.": "C",
    "Option B is right": "B",
    "The owl is first": "A",
    "Answer: The robin is first.": "B",
    "B) The robin is first\nC)": "B",
    "none": None,
    "A, C": None,
    "I think a dog": None,
}
OPTIONS = ("The owl is first", "The robin is first", "The quail is first", "The jay is first")
ASSIGNMENTS = {
    "Michael is a knight, Zoey is a knave": {"Michael": "knight", "Zoey": "knave"},
    "unique: michael = true, zoey = false": {"michael": "true", "zoey": "false"},
    "Michael: knight\nZoey: knave": {"Michael": "knight", "Zoey": "knave"},
    "Ann and Bob are knights, and Cy is a knave.": {
        "Ann": "knight",
        "Bob": "knight",
        "Cy": "knave",
    },
    "Both Aiden and Ella are knaves.": {"Aiden": "knave", "Ella": "knave"},
    "If Ann is a knight, then no.\n\nSo Ann is a knave and Bob is a knight.": {
        "Ann": "knave",
        "Bob": "knight",
    },
    "(1) Zoey is a knight\n(2) Oliver is a knave": {"Zoey": "knight", "Oliver": "knave"},
    "owl = 1, robin = 3": {"owl": "1", "robin": "3"},
    "Therefore, Zoey is a liar.": {"Zoey": "liar"},
    "several: michael = true in all; zoey = false or true": None,
    "none (1, 2 and 3 contradict each other)": None,
    "Zoey is a knight. Zoey is a knave.": None,
    "I don't know": None,
}
SETS = {
    "-21, -43": ["-21", "-43"],
    "x = 2 or x = 3": ["2", "3"],
    "m = -21, n = -43": ["-21", "-43"],
    "{2, 3}": ["2", "3"],
    "\\{2,3\\}": ["2", "3"],
    "(2, 3)": ["2", "3"],
    "\\boxed{-21, -43}": ["-21", "-43"],
    "The two numbers are -21 and -43.": ["-21", "-43"],
    "The answers are 1,200 and 3,400.": ["1200", "3400"],
    "Answer: 21 apples, 43 pears": ["21", "43"],
    "x = sqrt(2) (about 1.414214) or x = -sqrt(2) (about -1.414214)": ["sqrt(2)", "-sqrt(2)"],
    "x = 1 (2 complex solutions left out)": ["1"],
    "15": ["15"],
    "$\\boxed{3 \\pm 2\\sqrt{2}}$": ["3 + 2\\sqrt{2}", "3 - 2\\sqrt{2}"],
    "x = ±2": ["2", "-2"],
    "$x \\in (-\\infty, 3]$": None,
    "no solution": [],
    "no real solution (2 complex solutions left out)": [],
    "every x": None,
    "x < 3": None,
}
EXPRESSIONS = {
    "2x+3": "2x+3",
    "The simplified expression is 2x+3.": "2x+3",
    "$x^2+1$": "x^2+1",
    "y = 2x+1": "y = 2x+1",
    "Answer: $\\frac{x}{2}$": "\\frac{x}{2}",
    "So the answer is $\\boxed{(1, 2)}$.": "(1, 2)",
    "\\boxed{[1,2) \\cup (3,\\infty)}": "[1,2) \\cup (3,\\infty)",
    "\\boxed{\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}}": "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}",
    "\\boxed{\\text{Evelyn}}": "\\text{Evelyn}",
    "Answer: 1 < x <= 5": "1 < x <= 5",
    "\\boxed{90^\\circ}": "90^\\circ",
    "The answer is A -> B": "A -> B",
    "Answer: I cannot find it in the text at all": None,
    "I do not know": None,
}
TABLES: dict[AnswerKind, dict[str, object]] = {
    "number": dict(NUMBERS),
    "truth": dict(TRUTHS),
    "choice": dict(CHOICES),
    "assignment": dict(ASSIGNMENTS),
    "set": dict(SETS),
    "expression": dict(EXPRESSIONS),
}
CASES = [(kind, text, value) for kind, table in TABLES.items() for text, value in table.items()]


@pytest.mark.parametrize(("kind", "text", "value"), CASES)
def test_answers_are_read(kind: AnswerKind, text: str, value: object) -> None:
    options = {"truth": ("True", "False", "Unknown"), "choice": OPTIONS}.get(kind, ())
    answer = read_answer(text, kind, options)
    assert (answer.value if answer else None) == value


KINDS: list[AnswerKind] = ["number", "expression", "truth", "choice", "assignment", "set"]


@given(st.text(max_size=120), st.sampled_from(KINDS))
def test_any_text_is_an_answer_of_the_kind_or_none(text: str, kind: AnswerKind) -> None:
    answer = read_answer(text, kind, ("yes", "no") if kind == "choice" else ())
    assert answer is None or answer.kind == kind


@given(st.sampled_from(KINDS), st.lists(st.integers(-99, 99), min_size=1, max_size=3))
def test_an_answer_s_own_text_reads_back(kind: AnswerKind, numbers: list[int]) -> None:
    values: dict[AnswerKind, object] = {
        "number": str(numbers[0]),
        "expression": f"{numbers[0]}*x",
        "truth": "Unknown",
        "choice": "B",
        "assignment": {"ann": "knight", "bob": str(abs(numbers[0]))},
        "set": [str(number) for number in numbers],
    }
    answer = Answer(kind=kind, value=values[kind])  # type: ignore[arg-type]
    assert read_answer(answer.text, kind) == answer


HOSTILE = [
    "a, ",
    "a and ",
    "\n",
    "(",
    "1",
    "1/",
    "\\boxed{",
    "answer is ",
    '"answer": "',
    "x = ",
    "*",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_endless_text_is_read_quickly(piece: str) -> None:
    start = time.process_time()
    for kind in KINDS:
        read_answer(piece * 30_000, kind, ("yes", "no"))
    assert time.process_time() - start < 20  # of work; quadratic reading takes minutes


def test_the_last_marker_counts() -> None:
    assert answer_span("The answer is 3. No: the answer is 4.").text == "4."
    assert answer_span("just words").marked is False


@pytest.mark.parametrize("model", ["gpt-4o-2024-08-06", "claude-3-haiku-20240307", "gemma-2-2b-it"])
def test_recorded_answers_of_real_models_are_read(data_dir: Path, model: str) -> None:
    rows = (data_dir / "recorded" / "zeroeval" / f"{model}.jsonl").read_text().splitlines()
    outputs = [json.loads(row)["output"][0] for row in rows]
    read = [read_answer(text, "number") for text in outputs]
    assert sum(answer is not None for answer in read) >= 0.98 * len(outputs)


@pytest.mark.parametrize("model", ["tora-70b-v1.0", "tora-code-34b-v1.0"])
def test_answers_of_models_that_program_are_those_they_were_scored_by(
    data_dir: Path, model: str
) -> None:
    rows = map(json.loads, (data_dir / "recorded" / "tora" / f"{model}.jsonl").open())
    pairs = [(read_answer(row["code"][0], "number"), read_number(row["pred"][0])) for row in rows]
    same = sum(answer is not None and read_number(answer.text) == pred for answer, pred in pairs)
    assert same >= 659
    assert len(pairs) == 660
