"""A chat model that says again what a recorded model said, run by run.

Guarantees that each run (a problem and a seed) gets the messages that `find` knows for it, in
order, and nothing else: at the end of a script the last message is said once more, and where a
script has no answer of its own, the last tool result is. Reads no file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from corollary_agent.models.saying import SayingChatModel
from corollary_agent.models.scripted import script_key, script_place
from corollary_agent.problem import Problem

Find = Callable[[str, int], Sequence[AIMessage]]


class RecordedScriptsModel(SayingChatModel):
    """Says the messages that `find` gives for a problem's id and a seed."""

    find: Find

    @property
    def _llm_type(self) -> str:
        return "corollary-recorded-scripts"

    @property
    def reads_problem(self) -> bool:
        """The graph hands this model the problem itself."""
        return True

    def _say(self, messages: list[BaseMessage], **kwargs: Any) -> AIMessage:
        problem = kwargs["problem"]
        assert isinstance(problem, Problem)
        script = self.find(problem.id, int(kwargs.get("seed", 0)))
        place = script_place([script_key(said) for said in script], messages)
        return script[place] if place < len(script) else _last_word(script, messages)


def _last_word(script: Sequence[AIMessage], messages: Sequence[BaseMessage]) -> AIMessage:
    """The answer again; without one, the last result less what stands behind it."""
    if script and not script[-1].tool_calls:
        return script[-1]
    results = [str(m.text) for m in messages if isinstance(m, ToolMessage)]
    return AIMessage(results[-1].split(" (")[0] if results else "")
