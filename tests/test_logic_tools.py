"""The logic and constraints tools at a desk, through the worker, as a chain uses them."""

from __future__ import annotations

import pytest

from corollary_tools.desk import Desk
from corollary_tools.toolkit import Toolkit

COW = Desk(
    statements=("The cow is blue.", "Blue things are round.", "The dog is cold or nice."),
    question="Is the cow round?",
)
BIRDS = Desk(
    statements=("There are three birds.", "The owl is leftmost.", "The robin is next to the owl."),
    question="Which is true?",
    options=("The raven is second.", "The raven is third."),
)


def run(toolkit: Toolkit, desk: Desk, calls: list[tuple[str, dict[str, object]]]) -> list[str]:
    """The texts of the calls, one after the other on the same desk."""
    texts = []
    for name, arguments in calls:
        outcome = toolkit.call(name, arguments, desk)
        desk = outcome.desk
        texts.append(outcome.text)
    return texts


def test_a_theory_is_read_and_a_conclusion_proved(toolkit: Toolkit) -> None:
    assert run(
        toolkit,
        COW,
        [
            ("premise", {"n": 1, "formula": "blue(cow)"}),
            ("premise", {"n": 2, "formula": "forall x. blue(x) -> round(x)"}),
            ("premise", {"n": 3, "formula": "cold(dog) | nice(dog)"}),
            ("prove", {"conclusion": "round(cow)"}),
            ("prove", {"conclusion": "~round(cow)"}),
            ("prove", {"conclusion": "cold(dog)"}),
        ],
    ) == [
        "2. Blue things are round.",
        "3. The dog is cold or nice.",
        "Question: Is the cow round?",
        "True (from 1, 2)",
        "False (its negation follows from 1, 2)",
        "Unknown (neither it nor its negation follows)",
    ]


def test_an_ordering_is_read_and_an_option_chosen(toolkit: Toolkit) -> None:
    names = ["owl", "robin", "raven"]
    assert run(
        toolkit,
        BIRDS,
        [
            ("declare", {"names": names, "values": ["1..3"], "distinct": True}),
            ("premise", {"n": 2, "formula": "owl == 1"}),
            ("premise", {"n": 3, "formula": "abs(robin - owl) == 1"}),
            ("option", {"letter": "A", "formula": "raven == 2"}),
            ("option", {"letter": "B", "formula": "raven == 3"}),
            ("choose", {}),
            ("choose", {"mode": "cannot"}),
            ("find", {}),
        ],
    ) == [
        "2. The owl is leftmost.",
        "3. The robin is next to the owl.",
        "Question: Which is true?\nA) The raven is second.",
        "B) The raven is third.",
        "All options are recorded.",
        "B (the only option that must be true)",
        "A (the only option that cannot be true)",
        "unique: owl = 1, robin = 2, raven = 3",
    ]


@pytest.mark.parametrize(
    ("constraints", "text"),
    [
        (["ann <-> ~bob", "bob <-> ann & bob"], "unique: ann = true, bob = false"),
        (["ann", "ann -> bob | cid"], "several: ann = true in all; bob = false or true; "),
        (["ann | bob", "~ann | ~bob", "ann <-> bob"], "none (1, 2 and 3 contradict each other)"),
    ],
)
def test_knights_are_found(toolkit: Toolkit, constraints: list[str], text: str) -> None:
    assert toolkit.call("find", {"constraints": constraints}).text.startswith(text)


def test_contradicting_premises_are_named(toolkit: Toolkit) -> None:
    premises = ["blue(cow)", "cold(dog)", "~blue(cow)"]
    outcome = toolkit.call("prove", {"conclusion": "cold(dog)", "premises": premises})
    assert outcome.fault is None
    assert outcome.text == "The premises contradict each other (1, 3)."
    assert outcome.certificate == {"kind": "entailment", "value": "Contradiction", "uses": [1, 3]}
