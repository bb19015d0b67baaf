"""Votes on readings: the words of a statement come first, then distinct models."""

from __future__ import annotations

import pytest
from handmade import COW, GOOD_COW, RULE, call, trace_of

from corollary_datagen.chains.chain import Chain, build_chain
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.chains.votes import agree
from corollary_datagen.grading.grounding import times_in
from corollary_datagen.grading.wording import misfits
from corollary_tools.toolkit import Toolkit

TURNED = "forall x. nice(x) -> cold(x)"
BOTH = "forall x. nice(x) <-> cold(x)"
ROUND = "If Bob is round and Bob is red then Bob is rough."
SEES = "If something visits the bald eagle then the bald eagle sees the lion."


def chain(formula: str, model: str, toolkit: Toolkit, seed: int = 0) -> Chain:
    script = [GOOD_COW[0], call("premise", n=2, formula=formula), *GOOD_COW[2:]]
    trace = trace_of(COW, script, toolkit, model=model, seed=seed)
    return build_chain(trace)


def outvoted(chains: list[Chain], toolkit: Toolkit) -> list[bool]:
    found = agree(chains, chains, Meanings(toolkit.workers), problem=COW)[1]
    return [one.trace.id in found for one in chains]


@pytest.mark.parametrize(
    "formula", ["true", "forall x. nice(x)", "nice(cow) & cold(cow) & big(cow)"]
)
def test_two_that_do_not_fit_the_words_outvote_nobody(formula: str, toolkit: Toolkit) -> None:
    chains = [chain(RULE, "a", toolkit), *(chain(formula, model, toolkit) for model in "bc")]
    assert outvoted(chains, toolkit) == [False, True, True]


def test_where_both_fit_most_models_decide(toolkit: Toolkit) -> None:
    one = [chain(BOTH, "a", toolkit, seed) for seed in range(3)]
    others = [chain(RULE, model, toolkit) for model in "bc"]
    assert outvoted([*one, *others], toolkit) == [True, True, True, False, False]
    assert not any(outvoted([*one, others[0]], toolkit)), "one model against one is a tie"


def test_samples_of_one_model_vote_among_themselves(toolkit: Toolkit) -> None:
    formulas = (RULE, RULE, BOTH)
    chains = [chain(formula, "a", toolkit, seed) for seed, formula in enumerate(formulas)]
    assert outvoted(chains, toolkit) == [False, False, True]


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        (ROUND, "round(bob) & red(bob) -> rough(bob)", "forall x. round(x) & red(x) -> rough(x)"),
        (
            SEES,
            "forall x. visits(x, bald_eagle) -> sees(baldEagle, lion)",
            "forall x. visits(x, bald_eagle) -> sees(x, lion)",
        ),
        ("Quiet, red people are smart.", "forall x. quiet(x) & red(x) -> smart(x)", "true"),
    ],
)
def test_a_reading_that_lacks_a_name_fits_worse(text: str, good: str, bad: str) -> None:
    fit, unfit = misfits([[good], [bad]], text)
    assert fit < unfit
    assert misfits([[bad], [good]], text) == [unfit, fit]


def test_what_is_written_out_fits_as_well() -> None:
    short, long = (
        "forall x. (big(x) xor red(x))",
        "forall x. (big(x) & ~red(x)) | (~big(x) & red(x))",
    )
    assert misfits([[short], [long]], "Everything is either big or red.") == [0, 0]
    assert misfits([["p"], ["q & r"]], "") == [0, 0]


def test_names_are_counted_by_their_stems() -> None:
    assert times_in("bald_eagle", SEES) == 2
    assert times_in("isRound", ROUND) == 1
    assert times_in("purple", ROUND) == 0
