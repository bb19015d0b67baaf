"""A chat model that replays what a real large model wrote, as steps through the real tools.

Reads a file of Logic-LM outputs ([{id, context, question, raw_logic_programs}]): each line of the
program that the model wrote for a problem becomes a tool call, and the tools' last result its
answer. Guarantees that nothing is added to what was written, but the notation and the order of the
statements. It replays formulas, not a conversation: it does not repair.
"""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from corollary_agent.models.recorded_programs import Line, Program, read_program
from corollary_agent.models.saying import SayingChatModel
from corollary_agent.models.scripted import script_key, script_place
from corollary_agent.problem import Problem
from corollary_tools.errors import CorollaryError

_ALIKE = 0.8
Move = tuple[str, dict[str, Any]]


class RecordedChatModel(SayingChatModel):
    """Replays `programs`: a program's text by the text of its problem. spec names the file."""

    programs: dict[str, str]

    @property
    def _llm_type(self) -> str:
        return "corollary-recorded"

    @property
    def reads_problem(self) -> bool:
        """The graph hands this model the problem itself."""
        return True

    def _say(self, messages: list[BaseMessage], **kwargs: Any) -> AIMessage:
        problem = kwargs.get("problem")
        script = [_call(*move) for move in plan(self._program(problem), problem)]
        place = script_place([script_key(said) for said in script], messages)
        return script[place] if place < len(script) else AIMessage(_conclusion(messages))

    def _program(self, problem: Problem | None) -> Program:
        text = self.programs.get(_own_id(problem.id)) if problem else None
        text = text or (self.programs.get(_key(problem)) if problem else None)
        if text is None:
            raise _unusable(self.spec, "it holds no program for this problem")
        try:
            return read_program(text)
        except ValueError as error:
            raise _unusable(self.spec, str(error)) from None


def load_recorded(path: str, **options: Any) -> RecordedChatModel:
    """Read a file of recorded outputs. Raises CorollaryError where it is none, with the row."""
    spec = f"recorded:{path}"
    try:
        rows = json.loads(Path(path).read_text("utf-8"))
        pairs = [pair for number, row in enumerate(rows, 1) for pair in _pairs(spec, number, row)]
    except (OSError, ValueError, TypeError) as error:
        raise _unusable(spec, f"{type(error).__name__}: {error}") from None
    return RecordedChatModel(**{"programs": dict(pairs), "spec": spec, **options})


def plan(program: Program, problem: Problem | None) -> list[Move]:
    """Return the calls that a program comes to, for this problem.

    At the desk where the lines belong to its statements; else everything in one call.
    """
    statements = problem.statements if problem else ()
    if program.declarations:
        return _choosing(program, statements)
    world = {} if program.world == "open" else {"world": program.world}
    if not statements or not any(line.sentence for line in program.premises):
        formulas = [line.formula for line in program.premises]
        return [("prove", {"conclusion": program.conclusion, "premises": formulas, **world})]
    moves = _premises(_assign(program.premises, statements), first=1)
    return [*moves, ("prove", {"conclusion": program.conclusion, **world})]


def _choosing(program: Program, statements: tuple[str, ...]) -> list[Move]:
    """Declarations, premises, options. Without statements each line is one of its own."""
    moves: list[Move] = [("declare", declared) for declared in program.declarations]
    given = _assign(program.premises, statements)
    lines = given if statements else [[line.formula] for line in program.premises]
    by_sentence = statements and len(program.declarations) == 1 and not given[0]
    moves += _premises(lines, first=2 if by_sentence else 1)
    moves += [("option", {"letter": name, "formula": f}) for name, f in program.options]
    return [*moves, ("choose", {} if program.mode == "must" else {"mode": program.mode})]


def _premises(formulas: list[list[str]], first: int) -> list[Move]:
    """One call a statement from number `first` on; `true` where the model wrote nothing for it."""
    texts = [_together(rows) for rows in formulas]
    return [("premise", {"n": n, "formula": t}) for n, t in enumerate(texts, 1) if n >= first]


def _together(formulas: list[str]) -> str:
    if len(formulas) == 1:
        return formulas[0]
    return " & ".join(f"({formula})" for formula in formulas) or "true"


def _assign(lines: tuple[Line, ...], statements: tuple[str, ...]) -> list[list[str]]:
    """The formulas of each statement: by its sentence; one without joins the line before it."""
    known = {_plain(text): number for number, text in enumerate(statements)}
    formulas: list[list[str]] = [[] for _ in statements]
    place = 0
    for line in lines:
        near = difflib.get_close_matches(_plain(line.sentence), known, n=1, cutoff=_ALIKE)
        place = known[near[0]] if near else place
        if formulas:
            formulas[place].append(line.formula)
    return formulas


def _call(name: str, arguments: dict[str, Any]) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": None}])


def _conclusion(messages: list[BaseMessage]) -> str:
    """The last result without what stands behind it: `True (from 1, 4)` -> `True`."""
    results = [str(m.text) for m in messages if isinstance(m, ToolMessage)]
    return results[-1].split(" (")[0] if results else ""


def _pairs(spec: str, number: int, row: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        text = (row["raw_logic_programs"] or [""])[0]
        context, question, own = row["context"], row["question"], row["id"]
    except (KeyError, TypeError) as error:
        raise _unusable(f"{spec}, row {number}", f"{type(error).__name__}: {error}") from None
    return [(str(own), text), (_plain(context + _last(question)), text)]


def _key(problem: Problem) -> str:
    """A problem by its words: what it states, and the last sentence of its question."""
    return _plain("".join(problem.statements) + _last(problem.question))


def _own_id(problem_id: str) -> str:
    return problem_id.rsplit("/", 1)[-1]


def _last(question: str) -> str:
    return re.split(r"(?<=\?)\s+", question.strip())[-1]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _unusable(where: str, because: str) -> CorollaryError:
    return CorollaryError(
        f"cannot replay {where}",
        because=because,
        remedy="a file of Logic-LM outputs for the problems that are to be solved",
    )
