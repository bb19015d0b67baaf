"""Laws of pairing, over chains drawn at random: what is chosen and rejected, in whatever order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from handmade import COW, GOOD_COW, call
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pairs import build_pairs, graded

from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs import PairSettings
from corollary_datagen.verdict import Graded, Judgement, Verdict
from corollary_tools.toolkit import Toolkit

REVERSED = call("premise", n=2, formula="forall x. nice(x) -> cold(x)")
RESPELT = call("premise", n=2, formula="forall y. ~nice(y) -> ~cold(y)")
PROVE = call("prove", conclusion="nice(cow)")
SCRIPTS: tuple[tuple[Any, ...], ...] = (
    (*GOOD_COW,),
    (GOOD_COW[0], RESPELT, PROVE, "True"),
    (GOOD_COW[0], "premise(n=2", *GOOD_COW[1:]),
    (*GOOD_COW[:2], call("premise", n=1, formula="cold(cow)"), PROVE, "True"),
    (GOOD_COW[0], REVERSED, PROVE, "Unknown"),
    (GOOD_COW[0], "kalkulate()", call("entails", conclusion="nice(cow)"), PROVE, "Unknown"),
    (GOOD_COW[0], "premise(n=2", "premise(n=", "premise("),
    ("False",),
    (GOOD_COW[0], PROVE, "Unknown"),
    (*[GOOD_COW[0]] * 8,),
)
KINDS = ("outcome", "step", "repair", "efficiency")
JUDGEMENTS: tuple[Judgement, ...] = ("CORRECT", "INCORRECT", "UNDECIDED")


@pytest.fixture(scope="module")
def traces(toolkit: Toolkit) -> list[list[Graded]]:
    """Every script on three problems, run once in the real graph."""
    problems = [COW.model_copy(update={"id": f"cow{n}", "family": f"cow{n}"}) for n in range(2)]
    return [
        [graded(problem, list(one), toolkit, "CORRECT", seed=n) for n, one in enumerate(SCRIPTS)]
        for problem in problems
    ]


def judged(row: Graded, judgement: Judgement) -> Graded:
    verdict = Verdict(trace_id=row.trace.id, judgement=judgement, reason="drawn", grader="drawn")
    return Graded(row.problem, row.trace, verdict)


def content(pairs: Iterable[PreferencePair]) -> Counter[str]:
    return Counter(pair.model_dump_json(include={"prompt", "chosen", "rejected"}) for pair in pairs)


DRAWN = st.lists(
    st.lists(
        st.tuples(st.integers(0, len(SCRIPTS) - 1), st.sampled_from(JUDGEMENTS)),
        max_size=8,
        unique_by=lambda row: row[0],
    ),
    min_size=2,
    max_size=2,
)


def test_the_laws_hold(toolkit: Toolkit, traces: list[list[Graded]]) -> None:
    @given(DRAWN, st.integers(0, 3), st.integers(0, 9), st.sampled_from([None, 0.9, 0.6]))
    @settings(max_examples=15, deadline=None)
    def check(
        drawn: list[list[tuple[int, Judgement]]], cap: int, seed: int, alike: float | None
    ) -> None:
        groups = [
            [judged(traces[place][n], judgement) for n, judgement in rows]
            for place, rows in enumerate(drawn)
        ]
        wanted = PairSettings.model_validate(
            {
                "kinds": KINDS,
                "seed": seed,
                "near_duplicates": alike,
                **{f"{kind}_cap": cap for kind in KINDS},
            }
        )
        pairs = build_pairs([row for rows in groups for row in rows], wanted, toolkit=toolkit)
        by_id = {row.trace.id: row for rows in groups for row in rows}
        for pair in pairs:
            _check_sides(pair, by_id)
        counts = Counter((pair.problem_id, pair.kind) for pair in pairs)
        assert all(count <= cap for count in counts.values())
        random.Random(seed).shuffle(groups)
        again = build_pairs([row for rows in groups for row in rows], wanted, toolkit=toolkit)
        assert content(again) == content(pairs), "the order of problems decides nothing"

    check()


def _check_sides(pair: PreferencePair, by_id: dict[str, Graded]) -> None:
    assert pair.chosen != pair.rejected
    assert pair.chosen[-1]["role"] == pair.rejected[-1]["role"] == "assistant"
    assert pair.prompt[-1]["role"] != "assistant"
    chosen, rejected = by_id[pair.chosen_trace], by_id[pair.rejected_trace]
    assert chosen.verdict
    assert rejected.verdict
    assert chosen.problem.id == rejected.problem.id == pair.problem_id
    assert chosen.verdict.judgement == "CORRECT"
    assert rejected.verdict.judgement != "UNDECIDED"
    if pair.kind in ("outcome", "step"):
        assert rejected.verdict.judgement == "INCORRECT"
    if pair.kind == "efficiency":
        assert rejected.verdict.judgement == "CORRECT"
        assert 0 < pair.margin < 1
    assert pair.error_kind
