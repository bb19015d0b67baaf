"""What a format reads out of one row: a model's moves and answer on a problem, or why not.

Guarantees plain frozen values. A move may name the result of an earlier one (`result_of`), which is
put in when the tools have given it. Calls no tool and knows no format.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from corollary_agent.problem import Problem
from corollary_agent.trace import Message


@dataclass(frozen=True, slots=True)
class Move:
    """One tool call. result: what the record says it got, where it says so."""

    name: str
    arguments: dict[str, Any]
    result: str | None = None
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the model: what it wrote, and the calls in it.

    broken: calls whose arguments are no JSON object, as (tool, text).
    """

    content: str
    moves: tuple[Move, ...]
    broken: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded output. place: FILE:ROW. origin: the set it is from, such as `tora`.

    key: the problem's own id; question: its text; problem: the problem as the row itself states it.
    answer: the model's last words; None: the last result is the answer. program: a logic program,
    whose moves depend on the problem. printed: what the last result must equal, where that is
    known. messages, tools: a conversation as it was, and the schemas that it states.
    """

    place: str
    model: str
    origin: str
    turns: tuple[Turn, ...] = ()
    answer: str | None = None
    key: str = ""
    question: str = ""
    problem: Problem | None = None
    program: str = ""
    printed: str = ""
    messages: tuple[Message, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()

    @property
    def spec(self) -> str:
        """The model as traces name it."""
        return f"recorded:{self.model}@{self.origin}"

    @property
    def sample(self) -> int:
        """The number of this output among the model's on its problem: a hash of what it says.

        0 to 2**31 - 1. The same output has the same number, from whichever file it comes.
        """
        said: list[Any] = [self.program, self.answer, [str(message) for message in self.messages]]
        said += [
            [turn.content, turn.broken, [[m.name, m.arguments] for m in turn.moves]]
            for turn in self.turns
        ]
        text = json.dumps(said, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        return int.from_bytes(digest[:4], "big") >> 1


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not imported: where it stands, and why in a few words that many rows share."""

    place: str
    reason: str
    detail: str = ""


class Unreadable(ValueError):
    """A row that its format cannot read. detail: what is particular to this row."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def result_of(move: int, name: str = "", place: int = 0) -> str:
    """What stands in an argument for the result of an earlier move, counted from 0.

    name: of the unknown whose value is meant; place: which of several values, from 0.
    """
    return f"⟦{move}:{name}:{place}⟧"
