"""A conversation with tool calls, in OpenAI's form, as a recorded output.

Guarantees one reading for every log that holds conversations: the first user message is the
problem, each assistant message with calls a step, the last assistant message the answer. Arguments
may be JSON text or objects; text that is neither is kept as the broken call that it was.
Conversations with more than one user message are refused: a trace has one problem.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corollary_agent.problem import Problem
from corollary_agent.trace import Message
from corollary_datagen.imports.recorded import Move, Recorded, Turn, Unreadable
from corollary_datagen.imports.rows import Row
from corollary_datagen.imports.stated import Stated, build_problem
from corollary_datagen.sources.row import shown
from corollary_tools.answer import AnswerKind
from corollary_tools.reading import read_answer

_ROLES = {"human": "user", "ai": "assistant", "function": "tool", "developer": "system"}
_KNOWN = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a log has it. messages: in OpenAI's form. answer: the right one."""

    row: Row
    messages: Sequence[Any]
    model: str = ""
    key: str = ""
    question: str = ""
    answer: str = ""
    tools: tuple[dict[str, Any], ...] = ()
    place: str = ""


def to_recorded(said: Conversation) -> Recorded:
    """Read a conversation. Raises Unreadable, with the message that is not as it should be."""
    reading = _Reading()
    for number, message in enumerate(said.messages):
        reading.add(message, number)
    turns, answer = reading.finished()
    question = said.question or reading.question
    return Recorded(
        place=said.place or said.row.place,
        model=said.model or said.row.path.stem,
        origin=said.row.path.resolve().parent.name,
        turns=turns,
        answer=answer,
        key=said.key,
        question=question,
        problem=_problem(said, question, answer),
        messages=tuple(reading.messages),
        tools=said.tools,
    )


@dataclass(slots=True)
class _Reading:
    """A conversation being read."""

    turns: list[Turn] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    question: str = ""
    answer: str | None = None

    def add(self, message: Any, number: int) -> None:
        """Take one message."""
        if not isinstance(message, dict):
            raise Unreadable(
                "a message is not an object", f"messages[{number}] is {shown(message)}"
            )
        role = str(message.get("role") or "")
        role = _ROLES.get(role, role)
        if role not in _KNOWN:
            raise Unreadable("a message has an unknown role", f"messages[{number}]: {shown(role)}")
        content = plain_content(message.get("content"))
        if role == "user":
            self._asked(content)
        if role == "assistant":
            self._said(content, message, number)
        elif role == "tool":
            self._told(content, message, number)
        else:
            self.messages.append({"role": role, "content": content})

    def finished(self) -> tuple[tuple[Turn, ...], str]:
        """The turns and the answer. Raises Unreadable where there is no whole run."""
        if not self.question:
            raise Unreadable("no user message with a problem")
        if not self.turns:
            raise Unreadable("no tool call")
        if not (self.answer or "").strip():
            raise Unreadable("it ends without an answer of the model")
        return tuple(self.turns), str(self.answer)

    def _asked(self, content: str) -> None:
        if self.question:
            raise Unreadable("more than one user message")
        self.question = content.strip()

    def _said(self, content: str, message: dict[str, Any], number: int) -> None:
        before = f"{self.answer}\n" if self.answer else ""
        calls = [_call(row, f"messages[{number}]") for row in _call_rows(message)]
        kept: Message = {"role": "assistant", "content": content}
        if not calls:
            self.answer = before + content
        else:
            moves = tuple(
                replace(one, call_id=one.call_id or f"call_{number}_{place}")
                for place, one in enumerate(calls)
                if isinstance(one, Move)
            )
            broken = tuple(one for one in calls if not isinstance(one, Move))
            self.turns.append(Turn(before + content, moves, broken))
            self.answer = None
            kept["tool_calls"] = [_kept_call(move) for move in moves]
        self.messages.append(kept)

    def _told(self, content: str, message: dict[str, Any], number: int) -> None:
        call_id = str(message.get("tool_call_id") or "")
        move = self._asker(call_id, str(message.get("name") or ""))
        if move is None:
            if self.turns and self.turns[-1].broken:
                return
            raise Unreadable("a tool result without its call", f"messages[{number}] {call_id!r}")
        turn = self.turns[-1]
        moves = tuple(replace(m, result=content) if m is move else m for m in turn.moves)
        self.turns[-1] = replace(turn, moves=moves)
        self.messages.append({"role": "tool", "content": content, "tool_call_id": move.call_id})

    def _asker(self, call_id: str, name: str) -> Move | None:
        """The call that a result belongs to: by its id, else the first without a result."""
        moves = self.turns[-1].moves if self.turns else ()
        by_id = [move for move in moves if call_id and move.call_id == call_id]
        open_ = [m for m in moves if m.result is None and (not name or m.name == name)]
        if by_id:
            return by_id[0]
        return open_[0] if open_ and not call_id else None


def plain_content(content: Any) -> str:
    """The text of a content: a text, or the texts among its parts."""
    if isinstance(content, list):
        return "".join(_part_text(part) for part in content)
    return content if isinstance(content, str) else "" if content is None else _as_json(content)


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else ""


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _call_rows(message: dict[str, Any]) -> list[Any]:
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise Unreadable('field "tool_calls" is not a list', f"it is {shown(calls)}")
    older = message.get("function_call")
    return [*calls, {"function": older}] if isinstance(older, dict) and not calls else calls


def _call(row: Any, place: str) -> Move | tuple[str, str]:
    """One call; (tool, text) where its arguments are no JSON object."""
    function = row.get("function", row) if isinstance(row, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(function, dict) or not isinstance(name, str) or not name:
        raise Unreadable("a tool call without a name", f"{place}: {shown(row)}")
    given = function.get("arguments", function.get("args", {}))
    arguments = _arguments(given)
    if arguments is None:
        return name, given if isinstance(given, str) else _as_json(given)
    return Move(name, arguments, call_id=str(row.get("id") or ""))


def _arguments(given: Any) -> dict[str, Any] | None:
    if isinstance(given, str):
        try:
            given = json.loads(given) if given.strip() else {}
        except (ValueError, RecursionError):
            return None
    return given if isinstance(given, dict) else {} if given is None else None


def _kept_call(move: Move) -> Message:
    function: Message = {"name": move.name, "arguments": move.arguments}
    return {"id": move.call_id, "type": "function", "function": function}


def _problem(said: Conversation, question: str, answer: str) -> Problem | None:
    asks = None if said.answer else _guessed(answer)
    return build_problem(said.row, Stated(question, said.answer or None, asks))


def _guessed(answer: str) -> AnswerKind:
    """The kind of answer that a model's last words hold."""
    kinds: Iterable[AnswerKind] = ("number", "truth")
    return next((kind for kind in kinds if read_answer(answer, kind, ())), "expression")
