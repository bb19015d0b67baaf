"""Continuations: what a model made of a state of some chain, and how it was judged.

A state is a history, so that chains which share it share its continuations. Guarantees frozen,
versioned records; does not run or judge anything.
"""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from corollary_agent.trace import Trace
from corollary_datagen.chains.chain import Chain
from corollary_datagen.verdict import Judgement


class ContinuationKey(NamedTuple):
    """A state, who goes on from it, and how: `settings` is the hash of `settings_key`."""

    state: str
    model: str
    settings: str


class Continuation(BaseModel):
    """One run from a state to its end. sample: its number; trace: the whole, usage of the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    state: str
    model: str
    settings: str
    sample: int
    judgement: Judgement
    reason: str
    trace: Trace


def state_key(chain: Chain, steps: int) -> str:
    """16 hexadecimal digits over the problem and its first `steps` steps with their results."""
    key = f"{chain.trace.problem_id}\n{chain.histories[steps]}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]
