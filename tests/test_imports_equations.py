"""Equations in prose, as models write them."""

from __future__ import annotations

import pytest

from corollary_agent.trace import Step, ToolCall
from corollary_datagen.imports.equations import read_equations, stated_result
from corollary_datagen.imports.prose import read_prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So she has 16 - 3 - 4 = 9 eggs and 9 * $2 = $18.", ["16-3-4=9", "9*2=18"]),
        ("16 (total eggs) - 3 (for breakfast) = 13 eggs", ["16-3=13"]),
        ("9 eggs × $2/egg = $18", ["9*2=18"]),
        ("20 hens x 3 cups per hen = 60 cups", ["20*3=60"]),
        ("150% of $80,000 = 1.5 × $80,000 = $120,000", ["1.5*80000=120000"]),
        ("20% of $50 = $10", ["20% of 50=10"]),
        ("30 percent of 50 = 15", ["30% of 50=15"]),
        ("40 cups ÷ 3 ≈ 13.33", ["40/3=13.33"]),
        ("**Total:** \\(\\frac{40}{4} \\times 2 = 20\\)", ["((40)/4)*2=20"]),
        ("- 5 pens x 3 = 15\n- 20 × 3 = 60", ["5*3=15", "20*3=60"]),
        ("Profit = $200 - $210 = -$10", ["200-210=-10"]),
        ("(3 + 4 = 7)", ["3+4=7"]),
        ("(16 - 3) * 2 = 26", ["(16-3)*2=26"]),
        ("she has 5 and 16 - 7 = 9", ["16-7=9"]),
        ("$3 + shipping $2 = $5", ["3+2=5"]),
        ("10 times 5 = 50, 8 divided by 2 = 4", ["10*5=50", "8/2=4"]),
        ("5 * -2 = -10", ["5*-2=-10"]),
        ("5 + 5 = 10 + 2 = 12", ["10+2=12"]),
        ("7.5 pounds / 1/2 pound/toy = 15 toys", ["7.5/(1/2)=15"]),
        ("48/2 = 24", ["48/2=24"]),
        ("It is -$5 + $11 = $6", ["-5+11=6"]),
        ("That is -140 + 23 = -117", ["-140+23=-117"]),
        ("5 times/week * 25 km/time = 125 km", ["5*25=125"]),
        ("(60 / 150) * 100 = 40%", ["(60/150)*100=40"]),
        ("1/4 = 0.25", ["1/4=0.25"]),
        ("at $4/pill is 30 * $4 = $120", ["30*4=120"]),
        ("(12 / 20) * 100% = 60%", ["(12/20)*100=60"]),
    ],
)
def test_what_is_read(text: str, expected: list[str]) -> None:
    assert [f"{e.expression}={e.stated}" for e in read_equations(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "2*y + 3 = 13",
        "2x + 3 = 13",
        "the cost of apples * 3 = 12",
        "half of 20 = 10",
        "1/4 of 20 = 5",
        "1 1/2 * 4 = 6",
        "3 dozen * 12 = 36",
        "Bags sold * ($30 - $20) = $400",
        "Total eggs - 3 - 4 = 9",
        "3/4 = 60/x",
        "If 2/5 = 12.8 hectares",
        "4/4 (the whole) = 12",
        "4 * 25 cents = $1",
        "2 + 3 million = 5 million",
        "x = 5",
        "3 <= 5 and 5 >= 3",
        "no numbers at all",
        "",
        "= = =",
        "))) 3 + ((( = 4",
    ],
)
def test_what_cannot_be_calculated_as_written_is_passed_over(text: str) -> None:
    assert list(read_equations(text)) == []


def test_places_are_those_of_the_text() -> None:
    text = "Cost: \\$9 \\times 2 = \\$18 in all."
    [found] = read_equations(text)
    assert text[found.start : found.end] == "9 \\times 2 = \\$18"


def test_each_equation_is_a_step_with_the_words_before_it() -> None:
    turns = read_prose(
        "She had 16. She ate 3, so 16 - 3 = 14 are left. They cost 14 * 2 = $28. Done"
    )
    assert [turn.content for turn in turns] == [
        "She had 16. She ate 3, so 16 - 3 = 14 are left.",
        "They cost 14 * 2 = $28.",
    ]
    assert [turn.moves[0].arguments["expression"] for turn in turns] == ["16-3", "14*2"]


def test_the_same_calculation_is_made_once() -> None:
    assert len(read_prose("3 + 4 = 7. Again, 3 + 4 = 7. And 3 + 4 = 8.")) == 1


def test_a_wrong_value_is_found_beside_the_call() -> None:
    call = ToolCall(id="c", name="calculate", arguments={"expression": "48/2"})
    assert stated_result(Step(content="In May she sold 48/2 = 25 clips.", calls=(call,))) == "25"
    assert stated_result(Step(content="In May she sold half.", calls=(call,))) is None
    other = call.model_copy(update={"name": "solve"})
    assert stated_result(Step(content="48/2 = 25", calls=(other,))) is None
