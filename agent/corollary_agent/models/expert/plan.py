"""Plans: what a reader makes of one problem, as the calls of a chain in their order.

A plan is a pure function of the problem. Refusals stand where a text could not be read; nothing is
guessed. How far a chain has come along its plan is found in `place`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import JsonValue

Arguments = dict[str, JsonValue]


class Unreadable(Exception):
    """A text that no rule of a reader fits; `args[0]` is the text."""


@dataclass(frozen=True, slots=True)
class Move:
    """One tool call to make. `expected`: the result's value where the reader knows it, else ''."""

    name: str
    arguments: Arguments
    expected: str = ""

    @property
    def key(self) -> str:
        """The same for calls that differ in blanks, in order or in empty arguments only."""
        kept = sorted((k, v) for k, v in self.arguments.items() if v not in ([], "", None))
        return f"{self.name}{kept}".replace(" ", "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the expert says where it cannot go on: a final message that holds no answer.

    short: said instead where an answer could be read out of `text`, which quotes the problem.
    """

    text: str
    short: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The moves of one chain, then `conclude(result of the last move)` as the final words.

    family: the reader's name. carries: results stand in later moves, so that a wrong result is
    carried on into them, as a person would.
    """

    family: str
    moves: tuple[Move | Refusal, ...]
    conclude: Callable[[str], str] = field(default=str)
    carries: bool = False


def read_premise(number: int, text: str, read: Callable[[str], str]) -> Move | Refusal:
    """Plan `premise(number, read(text))`; a refusal that quotes the text where `read` fails."""
    try:
        return Move("premise", {"n": number, "formula": read(text)})
    except Unreadable:
        return unread(number, text)


def unread(number: int, text: str) -> Refusal:
    """The refusal of one statement."""
    said = f"I cannot read statement {number}"
    return Refusal(f"{said}: {text}", f"{said}.")
