"""The limits of one run, and how a model says that a prompt passes what it reads.

Guarantees nothing by itself: the graph's nodes check them at each step.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt

from corollary_tools.errors import CorollaryError


class PromptTooLong(CorollaryError):
    """A prompt does not fit a model's context; nothing was computed.

    It ends a chain that has come some way as `token_limit`, and one that has not begun as `error`.
    """


class Limits(BaseModel):
    """What a run may use before it is stopped.

    steps: accepted model messages. tokens: the length of the conversation, prompt included, as the
    model counts it (models that report no usage are not bounded by it). seconds: model and tool
    time together; a model call under way is only cut off in the async path. repairs: failed
    attempts that are shown to the model for repair, per step. failures: steps in a row of which
    every call failed; a model that has come so far never found its way back (0 of 60 chains).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: PositiveInt = 40
    tokens: PositiveInt = 16_000
    seconds: PositiveFloat = 120.0
    repairs: int = 2
    failures: PositiveInt = 6

    @property
    def supersteps(self) -> int:
        """The most supersteps that LangGraph needs for a run within these limits."""
        return 2 * self.steps * (self.repairs + 1) + 4
