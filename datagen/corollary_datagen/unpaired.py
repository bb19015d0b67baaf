"""Unpaired rows: one prompt, one completion, and whether it is right, for training such as KTO.

They use what pairs cannot: problems on which every trace agrees. Messages are in OpenAI form with
dict arguments. Guarantees frozen, versioned rows; does not decide which rows to build.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, PositiveFloat

from corollary_agent.trace import Message


class UnpairedRow(BaseModel):
    """One labelled completion. prompt + completion is a whole history that a model may write.

    tools: the canonical schemas that stood in the prompt. label: true for right, false for wrong.
    trace: the id of the trace that it was cut from. weight: how much it counts in training.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    problem_id: str
    family: str
    tools: tuple[dict[str, JsonValue], ...]
    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]
    label: bool
    trace: str
    weight: PositiveFloat = 1.0
