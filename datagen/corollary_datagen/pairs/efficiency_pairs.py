"""Efficiency pairs: of two right chains on one problem, the cheaper one is chosen.

Cheaper is what has the higher value-of-computation reward (De Sabbata et al., Rational
Metareasoning for Large Language Models, arXiv 2410.05563):
R(x, y, z) = log((p(y|x,z) + eps) / (p(y|x) + eps)) - gamma * log(len(z) + 1), with gamma = 0.1 and
eps = 1e-4, z the chain and p(y|x) that of no chain at all. Guarantees that both chains are right
and supported, and that chosen saves tokens by nothing but shorter work: it makes no more calls,
leaves unread only what a proof did without, and writes no number that it had to work out itself.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from corollary_datagen.chains.chain import Chain, Move, Slot
from corollary_datagen.chains.contrast import Contrast, nearest
from corollary_datagen.grading.grounding import stated_numbers, written_numbers
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.mistakes import READING
from corollary_datagen.pairs.outcome_pairs import written
from corollary_datagen.pairs.selection import Candidate
from corollary_datagen.pairs.settings import EfficiencySettings

Skip = Callable[[str], None]

_PROVED = ("True", "False", "unique")


def computation_value(
    length: float, settings: EfficiencySettings, *, solved: float = 1.0, unaided: float = 0.0
) -> float:
    """The reward of a chain of `length` tokens, in nats.

    solved: p(y|x,z), 1 for a chain that is right and supported. unaided: p(y|x), how likely the
    answer is without a chain; it is the same for all chains on a problem and never decides.
    """
    gain = math.log((solved + settings.epsilon) / (unaided + settings.epsilon))
    return gain - settings.gamma * math.log(length + 1)


def efficiency_pairs(
    contrast: Contrast, settings: EfficiencySettings, skip: Skip
) -> Iterator[Candidate]:
    """Pair each right chain with the most rewarding one that may be preferred to it.

    skip: told the reason where a cheaper chain may not be preferred.
    """
    unit = "tokens" if _are_counted(contrast.right) else "characters"
    stated = stated_numbers(contrast.problem.text)
    shown = stated | {1 / value for value in stated if value}  # Half of it is also it by 2.
    priced = sorted(
        (_price(chain, unit, shown, settings) for chain in contrast.right),
        key=lambda one: (-one.value, len(one.chain.moves), one.chain.histories[-1]),
    )
    for index, dear in enumerate(priced):
        for cheap in priced[:index]:
            if cheap.value <= dear.value or cheap.saving(dear) < settings.minimum:
                continue
            reason = _objection(cheap, dear)
            if reason is None:
                yield Candidate(_pair(contrast, cheap, dear, unit))
                break
            skip(reason)


@dataclass(frozen=True, slots=True)
class _Priced:
    """A right chain. length: in the unit of its problem.

    taken: numbers in its computing calls that no earlier result of its own gave; guessed: those of
    them that the problem does not state either; computed: the numbers of its results.
    """

    chain: Chain
    length: int
    calls: int
    value: float
    read: frozenset[Slot]
    taken: frozenset[Fraction]
    guessed: frozenset[Fraction]
    computed: frozenset[Fraction]

    def saving(self, dear: _Priced) -> float:
        """The share of tokens that this one saves."""
        return 1 - self.length / dear.length if dear.length else 0.0


def _objection(cheap: _Priced, dear: _Priced) -> str | None:
    """Why the cheaper chain may not be preferred, if it may not."""
    if cheap.calls > dear.calls:
        return "the cheaper chain makes more calls"
    if dear.read - cheap.read and not _is_proved(cheap.chain):
        return "the cheaper chain left something unread"
    if _is_in_the_head(cheap, dear):
        return "the cheaper chain writes numbers that it did not compute"
    if cheap.chain.histories[-1] in dear.chain.histories:
        return "the cheaper chain is the beginning of the other"
    return None


def _is_in_the_head(cheap: _Priced, dear: _Priced) -> bool:
    """Whether the cheaper chain may have saved a call by working a number out itself."""
    if cheap.taken & (dear.computed - cheap.computed):
        return True
    return bool(cheap.guessed - dear.guessed or (cheap.guessed and cheap.calls < dear.calls))


def _price(
    chain: Chain, unit: str, shown: frozenset[Fraction], settings: EfficiencySettings
) -> _Priced:
    calls = sum(len(move.calls) for move in chain.moves)
    length = _tokens(chain) if unit == "tokens" else sum(map(_characters, chain.moves))
    taken = frozenset(_taken(chain))
    return _Priced(
        chain=chain,
        length=length,
        calls=calls,
        value=computation_value(length + settings.per_call * calls, settings),
        read=frozenset(move.slot for move in chain.moves if _is_reading(move) and move.slot),
        taken=taken,
        guessed=taken - shown,
        computed=written_numbers(text for move in chain.moves for text in move.results),
    )


def _are_counted(chains: Sequence[Chain]) -> bool:
    """Whether tokens can be compared: one model, which counted them, and nothing unseen in them."""
    models = {chain.trace.model for chain in chains}
    steps = [step for chain in chains for step in chain.trace.steps]
    return len(models) == 1 and all(step.output_tokens and not step.attempts for step in steps)


def _tokens(chain: Chain) -> int:
    return sum(step.output_tokens for step in chain.trace.steps)


def _characters(move: Move) -> int:
    said = json.dumps([[name, arguments] for name, arguments in move.calls]) if move.calls else ""
    return len(str(move.message.get("content") or "")) + len(said)


def _is_reading(move: Move) -> bool:
    return bool(move.calls) and move.calls[0][0] in READING


def _is_proved(chain: Chain) -> bool:
    """Whether the last result holds whatever else is read: more premises only prove more."""
    results = [move.results for move in chain.moves if move.results]
    return bool(results) and results[-1][-1].startswith(_PROVED)


def _taken(chain: Chain) -> Iterator[Fraction]:
    """Numbers in a chain's computing calls that stand in no earlier result of its own."""
    known: frozenset[Fraction] = frozenset()
    for move in chain.moves:
        if not _is_reading(move):  # There a number is that of the statement.
            yield from written_numbers(json.dumps(said) for _, said in move.calls) - known
        known |= written_numbers(move.results)


def _pair(contrast: Contrast, cheap: _Priced, dear: _Priced, unit: str) -> PreferencePair:
    _, shared = nearest(dear.chain, [cheap.chain])
    start = cheap.chain.moves[shared].position
    return PreferencePair(
        kind="efficiency",
        problem_id=contrast.problem.id,
        family=contrast.problem.family,
        tools=(),
        prompt=(*contrast.prompt, *cheap.chain.messages[:start]),
        chosen=written(cheap.chain.messages[start:]),
        rejected=written(dear.chain.messages[start:]),
        chosen_trace=cheap.chain.trace.id,
        rejected_trace=dear.chain.trace.id,
        margin=cheap.saving(dear),
        origin=unit,
        error_kind="needless_calls" if dear.calls > cheap.calls else "long",
    )
