"""A chat model that says what it was given to say: for tests, examples and replays.

Guarantees one message a call, in order, whatever it is asked. It keeps no place of its own: how
far a run has come is seen from the history it is shown, so that runs side by side, and runs gone on
with in another process, do not disturb each other. Does not read the problem.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from pydantic import PrivateAttr

from corollary_agent.messages import from_openai
from corollary_agent.models.saying import SayingChatModel
from corollary_agent.prompt import PromptSettings
from corollary_agent.replies import written
from corollary_tools.errors import CorollaryError

Key = tuple[bool, str]


class ScriptedChatModel(SayingChatModel):
    """Says `messages` in order; failed attempts are not said again when they have left the history.

    Raises CorollaryError when asked for more than there is.
    """

    messages: list[AIMessage]
    spec: str = "scripted"
    prompt_settings: PromptSettings = PromptSettings()
    _keys: list[Key] = PrivateAttr(default_factory=list)

    def __init__(self, messages: Sequence[AIMessage | str], **options: Any) -> None:
        """Take the messages to say; a text is an answer, or a call in text form."""
        said = [AIMessage(m) if isinstance(m, str) else m for m in messages]
        super().__init__(**{"messages": said, **options})
        self._keys = [script_key(message) for message in said]

    @property
    def _llm_type(self) -> str:
        return "corollary-scripted"

    def _say(self, messages: list[BaseMessage], **kwargs: Any) -> AIMessage:
        turn = script_place(self._keys, messages)
        if turn >= len(self.messages):
            raise CorollaryError(
                f"{self.spec} has nothing to say at turn {turn + 1}",
                because=f"its script has {len(self.messages)} messages",
                remedy="a script that ends with an answer",
            )
        return self.messages[turn]


def script_place(keys: Sequence[Key], history: Sequence[BaseMessage]) -> int:
    """The place in a script, given by its keys, after the last message of `history` that is in it.

    A message of the model's that is not in the script (written in another form) is one step.
    """
    place = 0
    for message in history:
        if isinstance(message, AIMessage):
            key = script_key(message)
            found = (i for i in range(place, len(keys)) if keys[i] == key)
            place = next(found, place) + 1
    return place


def script_key(message: AIMessage) -> Key:
    """What a message is known by: whether it calls tools, and all that it says."""
    return bool(message.tool_calls), written(message)


def load_scripted(path: str, **options: Any) -> ScriptedChatModel:
    """Read a script: one message in OpenAI form a line. Raises CorollaryError with the line."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, str(error)) from None
    said = [_message(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return ScriptedChatModel(said, spec=f"scripted:{path}", **options)


def _message(path: str, number: int, line: str) -> AIMessage:
    try:
        message = from_openai(json.loads(line))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise _unreadable(f"{path}, line {number}", f"{type(error).__name__}: {error}") from None
    if not isinstance(message, AIMessage):
        raise _unreadable(f"{path}, line {number}", f"a {message.type} message is not the model's")
    return message


def _unreadable(where: str, because: str) -> CorollaryError:
    return CorollaryError(
        f"cannot read the script {where}",
        because=because,
        remedy='one message a line, like {"role": "assistant", "content": "24"}',
    )
