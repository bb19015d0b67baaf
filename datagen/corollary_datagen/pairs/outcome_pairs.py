"""Outcome pairs: a whole right chain against a whole wrong one on the same problem.

Guarantees the same prompt messages on both sides, and that a rejected chain ends with what the
model wrote. A wrong chain that stopped (refused, or at a limit) before it parted from the right
one, or before it shows what is wrong, holds nothing to reject and makes no pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from corollary_agent.trace import Message
from corollary_datagen.chains.chain import Chain
from corollary_datagen.chains.contrast import Contrast, nearest
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.closeness import closeness
from corollary_datagen.pairs.mistakes import chain_mistake, shows_mistake
from corollary_datagen.pairs.selection import Candidate

Skip = Callable[[str], None]


def outcome_pairs(
    contrast: Contrast, skip: Skip, *, first_wrong: Mapping[str, int | None] | None = None
) -> Iterator[Candidate]:
    """Pair each wrong chain with the right chain that shares the longest history with it.

    skip: told the reason for each that was left out. first_wrong: by trace id the step at which a
    verdict says that it went wrong.
    """
    if not contrast.right:
        return
    for wrong in contrast.wrong:
        right, shared = nearest(wrong, contrast.right)
        if shared >= len(wrong.moves):
            skip("the wrong chain stopped before it parted from the right one")
            continue
        place = (first_wrong or {}).get(wrong.trace.id)
        if not shows_mistake(wrong, place):
            skip("the wrong chain was cut off before it shows what is wrong")
            continue
        mistake = chain_mistake(right, wrong, place)
        yield Candidate(_pair(contrast, right, wrong, mistake), closeness(right, wrong, shared))


def written(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages up to the last one that the model wrote."""
    ends = [i + 1 for i, message in enumerate(messages) if message["role"] == "assistant"]
    return messages[: ends[-1]]


def _pair(contrast: Contrast, right: Chain, wrong: Chain, mistake: str) -> PreferencePair:
    return PreferencePair(
        kind="outcome",
        problem_id=contrast.problem.id,
        family=contrast.problem.family,
        tools=(),
        prompt=contrast.prompt,
        chosen=written(right.messages),
        rejected=written(wrong.messages),
        chosen_trace=right.trace.id,
        rejected_trace=wrong.trace.id,
        origin="chain",
        error_kind=mistake,
    )
