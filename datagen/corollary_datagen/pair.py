"""Preference pairs: one prompt, a chosen and a rejected continuation, and where both came from.

Messages are in OpenAI form with dict arguments. Guarantees frozen, versioned rows; does not decide
which pairs to build (`pairs` does) nor how they are rendered to tokens (training does).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from corollary_agent.trace import Message

PairKind = Literal["outcome", "step", "efficiency", "repair"]


class PreferencePair(BaseModel):
    """One pair. prompt + chosen and prompt + rejected are whole histories that a model may write.

    tools: the canonical schemas that stood in the prompt. margin: how much better chosen is, in
    the unit of its kind (outcome and step: 1; efficiency: share of tokens saved). origin: how the
    pair was found within its kind, such as divergence or slot. error_kind: what the rejected side
    did wrong, such as wrong_call:calculate or no_answer (`mistakes`); empty where nobody looked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    kind: PairKind
    problem_id: str
    family: str
    tools: tuple[dict[str, JsonValue], ...]
    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    chosen_trace: str
    rejected_trace: str
    margin: float = 1.0
    origin: str = ""
    error_kind: str = ""
