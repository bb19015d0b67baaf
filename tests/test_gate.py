"""The gate: what passes, what does not, and what cannot be told."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from made_evaluations import make_closed, make_evaluation

from corollary_tools.errors import CorollaryError
from corollary_training.decision import Decision, GateSettings
from corollary_training.gate import decide

IMPROVEMENT = GateSettings(margin=0.0)


def test_a_student_as_good_as_its_teacher_goes() -> None:
    decision = decide(
        make_evaluation("+" * 190 + "-" * 10, model="teacher"),
        make_evaluation("+" * 188 + "--" + "+" * 3 + "-" * 7),
    )
    assert decision.verdict == "GO"
    assert decision.exit_code == 0
    assert decision.flips.lost == ("p0188", "p0189")
    assert decision.flips.gained == ("p0190", "p0191", "p0192")
    assert decision.difference == pytest.approx(0.005)
    assert decision.low > -0.05
    assert decision.more_problems is None


def test_a_student_that_lost_much_does_not_go() -> None:
    decision = decide(
        make_evaluation("+" * 95 + "-" * 5, model="teacher"),
        make_evaluation("+" * 70 + "-" * 30),
    )
    assert decision.verdict == "NO-GO"
    assert decision.exit_code == 1
    assert decision.p_value < 1e-6
    assert decision.reasons[0].startswith("The student is more than 5.0 points worse: ")
    assert "difference -25.0 points" in decision.reasons[0]
    assert decision.more_problems is None


def test_not_significant_is_not_as_good() -> None:
    """Four problems worse of sixty: no significance, and no reason to let it through either."""
    decision = decide(
        make_evaluation("+" * 54 + "-" * 6, model="teacher"),
        make_evaluation("+" * 48 + "-" * 6 + "++" + "-" * 4),
    )
    assert decision.p_value > 0.05
    assert decision.verdict == "NOT-ENOUGH-DATA"
    assert decision.exit_code == 3
    assert decision.more_problems
    assert decision.more_problems > 100


def test_no_flip_at_all_needs_problems_too() -> None:
    """Sixty problems without a flip leave a loss of 6 points possible; 74 exclude one of 5."""
    marks = "+" * 59 + "-"
    decision = decide(make_evaluation(marks, model="teacher"), make_evaluation(marks))
    assert decision.verdict == "NOT-ENOUGH-DATA"
    assert decision.more_problems == 14
    marks += "+" * 14
    assert decide(make_evaluation(marks, model="t"), make_evaluation(marks)).verdict == "GO"


def test_too_few_problems_decide_nothing() -> None:
    decision = decide(make_evaluation("+" * 20, model="teacher"), make_evaluation("+" * 20))
    assert decision.verdict == "NOT-ENOUGH-DATA"
    assert "Only 20 problems" in decision.reasons[0]


def test_enough_problems_and_still_not_shown_is_no() -> None:
    decision = decide(
        make_evaluation("+" * 900 + "-" * 100, model="teacher"),
        make_evaluation("-" * 45 + "+" * 855 + "-" * 100),
    )
    assert decision.low < -0.05 < decision.high
    assert decision.verdict == "NO-GO"


def test_the_same_student_under_another_seed_is_no_improvement() -> None:
    """The gate is wrong one time in forty, as its 95 % interval promises, and else says no."""
    verdicts = Counter(
        decide(
            make_evaluation(_marks(0.7, seed), model="local:run, seed 1"),
            make_evaluation(_marks(0.7, seed + 1000), model="local:run, seed 2"),
            IMPROVEMENT,
        ).verdict
        for seed in range(100)
    )
    assert verdicts["GO"] <= 6
    assert verdicts["NO-GO"] == 100 - verdicts["GO"]


def _marks(rate: float, seed: int) -> str:
    draw = random.Random(seed)
    return "".join("+" if draw.random() < rate else "-" for _ in range(150))


def test_one_model_is_no_comparison_at_any_margin() -> None:
    decision = decide(
        make_evaluation("+" * 199 + "-", model="local:one"),
        make_evaluation("-" + "+" * 199, model="local:one"),
    )
    assert decision.verdict == "NO-GO"
    assert "every difference is chance" in decision.reasons[0]


def test_a_real_improvement_passes_where_one_is_asked_for() -> None:
    decision = decide(
        make_evaluation("+" * 120 + "-" * 80, model="before"),
        make_evaluation("+" * 115 + "-" * 5 + "+" * 40 + "-" * 40, model="after"),
        IMPROVEMENT,
    )
    assert decision.verdict == "GO"
    assert "The student is better" in decision.reasons[0]


@pytest.mark.parametrize("margin", [0.05, 0.9])
def test_the_most_common_option_is_no_skill(margin: float) -> None:
    """It is as often right as its teacher, and still does not go."""
    golds = ["True"] * 90 + ["False"] * 70 + ["Unknown"] * 40
    weak = [gold if i % 20 < 9 else "True" for i, gold in enumerate(golds)]
    decision = decide(
        make_closed(golds, weak, model="teacher"),
        make_closed(golds, ["True"] * 200, model="student"),
        GateSettings(margin=margin),
    )
    assert decision.verdict == "NO-GO"
    assert any('giving "True" always (45.0% right)' in reason for reason in decision.reasons)


def test_a_coin_is_no_skill() -> None:
    draw = random.Random(3)
    golds = [draw.choice(["True", "False"]) for _ in range(200)]
    guesses = [draw.choice(["True", "False"]) for _ in range(200)]
    decision = decide(
        make_closed(golds, guesses[::-1], model="teacher"),
        make_closed(golds, guesses, model="student"),
        GateSettings(margin=0.3),
    )
    assert decision.verdict == "NO-GO"


def test_a_set_that_cannot_tell_guessing_from_solving_decides_nothing() -> None:
    golds = ["True"] * 100
    decision = decide(
        make_closed(golds, golds, model="teacher"), make_closed(golds, golds, model="student")
    )
    assert decision.verdict == "NOT-ENOUGH-DATA"


def test_a_lead_over_guessing_that_may_be_chance_says_how_many_problems_would_show_it() -> None:
    golds = ["True", "False"] * 30
    lucky = ["True"] * 60
    lucky[1:12:2] = ["False"] * 6
    lucky[0:6:2] = ["False"] * 3

    def asked(times: int) -> Decision:
        sides = (golds * times, lucky * times)
        teacher = make_closed(sides[0], sides[1][::-1], model="teacher")
        return decide(teacher, make_closed(*sides, model="student"), GateSettings(margin=0.4))

    few = asked(1)
    assert few.verdict == "NOT-ENOUGH-DATA"
    found = re.search(r"about (\d+) more would show it", few.reasons[0])
    assert found is not None
    enough = -(-(int(found[1]) + 60) // 60)
    guessing = [f.state for f in asked(enough).findings if f.check == "guessing"]
    assert guessing == ["passed"]


def test_a_student_that_solves_is_not_taken_for_a_guesser() -> None:
    golds = ["True", "False", "Unknown"] * 60
    answers = [*golds[:170], *(["True"] * 10)]
    decision = decide(
        make_closed(golds, golds, model="teacher"),
        make_closed(golds, answers, model="student"),
        GateSettings(margin=0.1),
    )
    assert decision.verdict == "GO"


def test_one_family_can_hold_a_student_back() -> None:
    families = ("easy", "easy", "easy", "hard")
    decision = decide(
        make_evaluation("+" * 400, model="teacher", families=families),
        make_evaluation(
            "".join("-" if i % 16 == 3 else "+" for i in range(400)), families=families
        ),
        GateSettings(margin=0.1),
    )
    shifts = {shift.name: shift for shift in decision.families}
    assert decision.verdict == "NO-GO"
    assert decision.reasons == (
        "On hard the student is worse by 25.0 points (100 problems); 10.0 points are allowed.",
    )
    assert (shifts["easy"].state, shifts["hard"].state) == ("ok", "worse")


def test_small_families_stand_together() -> None:
    families = tuple(f"f{i}" for i in range(50))
    marks = "+" * 100
    decision = decide(
        make_evaluation(marks, model="teacher", families=families),
        make_evaluation(marks, families=families),
    )
    assert [shift.name for shift in decision.families] == ["made, smaller families"]


def test_errors_are_left_out_and_not_wrong() -> None:
    decision = decide(
        make_evaluation("+" * 200, model="teacher"), make_evaluation("!!" + "+" * 198)
    )
    assert decision.verdict == "GO"
    assert decision.excluded == ("p0000", "p0001")
    assert decision.n == 198


def test_many_errors_decide_nothing() -> None:
    decision = decide(
        make_evaluation("+" * 200, model="teacher"), make_evaluation("!" * 20 + "+" * 180)
    )
    assert decision.verdict == "NOT-ENOUGH-DATA"
    assert "20 of 200 problems have no verdict" in decision.reasons[0]


def test_undecided_is_not_right() -> None:
    decision = decide(make_evaluation("+" * 100, model="teacher"), make_evaluation("?" * 100))
    assert decision.verdict == "NO-GO"


def test_effort_is_a_limit_only_where_it_is_asked_for() -> None:
    teacher = make_evaluation("+" * 100, model="teacher")
    slow = make_evaluation("+" * 100).model_copy(update={"ms": 25.0})
    assert decide(teacher, slow).ratios == {"tokens": 1.0, "ms": 2.5}
    assert decide(teacher, slow).verdict == "GO"
    assert decide(teacher, slow, GateSettings(ms_ratio=2.0)).verdict == "NO-GO"
    assert decide(teacher, slow, GateSettings(cost_ratio=2.0)).verdict == "NOT-ENOUGH-DATA"


def test_other_problems_are_named() -> None:
    with pytest.raises(CorollaryError, match="p0100, p0101, p0102 and 2 more") as caught:
        decide(make_evaluation("+" * 105, model="teacher"), make_evaluation("+" * 100))
    assert "only the teacher" in caught.value.because


def test_another_gold_answer_is_another_problem() -> None:
    golds = ["True"] * 5
    with pytest.raises(CorollaryError) as caught:
        decide(
            make_closed(golds, golds, model="teacher"),
            make_closed([*golds[:4], "False"], golds, model="student"),
        )
    assert "p0004" in caught.value.what
    assert "gold answers" in caught.value.because


def test_a_stand_in_teacher_is_said_to_be_one() -> None:
    decision = decide(make_evaluation("+" * 100, model="expert:0.1"), make_evaluation("+" * 100))
    assert any("stand-in" in note for note in decision.notes)


def test_a_decision_survives_the_disk(tmp_path: Path) -> None:
    decision = decide(make_evaluation("+" * 100, model="teacher"), make_evaluation("+" * 100))
    decision.save(tmp_path / "gate.json")
    assert Decision.load(tmp_path / "gate.json") == decision
    assert [path.name for path in tmp_path.iterdir()] == ["gate.json"]


def test_a_damaged_file_is_named_with_its_field(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    with pytest.raises(CorollaryError, match=r"gate\.json could not be read"):
        Decision.load(path)
    path.write_text('{"version": 1, "verdict": "PERHAPS"}')
    with pytest.raises(CorollaryError) as caught:
        Decision.load(path)
    assert caught.value.because.startswith("verdict: ")
