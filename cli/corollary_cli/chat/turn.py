"""One problem of a session: open while its run is under way or stopped, a turn once it ended.

Guarantees that what is written to the journal reads back as the same records. Does not run or show
anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corollary_cli.judging import Judged

if TYPE_CHECKING:
    from corollary_agent.problem import Problem
    from corollary_agent.trace import Trace


@dataclass(frozen=True, slots=True)
class Turn:
    """One problem and what came of it. model: the spec it was asked with."""

    problem: Problem
    trace: Trace
    judged: Judged
    seconds: float
    number: int = 0
    model: str = ""

    @property
    def exit_code(self) -> int:
        """0 where there is an answer, 1 where it is refuted, 3 where there is none."""
        if self.trace.answer is None:
            return 3
        return 1 if self.judged.word == "refuted" else 0

    def body(self) -> dict[str, Any]:
        """The turn as JSON values."""
        return {
            "answer": self.trace.answer.text if self.trace.answer else None,
            "verdict": {"word": self.judged.word, "reasons": list(self.judged.reasons)},
            "stop": self.trace.stop,
            "seconds": round(self.seconds, 3),
            "problem": self.problem.model_dump(mode="json"),
            "trace": self.trace.model_dump(mode="json"),
        }


@dataclass(slots=True)
class Asked:
    """A problem whose run has not ended. calls, seconds: what was shown and spent so far."""

    number: int
    problem: Problem
    model: str
    seed: int = 0
    calls: int = 0
    seconds: float = 0.0

    def row(self) -> dict[str, Any]:
        """Its line in the journal."""
        problem = self.problem.model_dump(mode="json")
        asked = {"turn": self.number, "model": self.model, "seed": self.seed}
        return {**asked, "text": self.problem.text, "problem": problem}


def read_turns(rows: list[dict[str, Any]]) -> tuple[list[Turn], Asked | None]:
    """Return the ended turns of a journal, and the problem whose run is still open."""
    asked: dict[int, Asked] = {}
    ended: dict[int, Turn] = {}
    for row in rows:
        number = row["turn"]
        if "problem" in row:
            asked[number] = _asked(row)
        elif row.get("undone"):
            asked.pop(number, None)
            ended.pop(number, None)
        elif "trace" in row and number in asked:
            ended[number] = _turn(row, asked.pop(number))
    return list(ended.values()), next(reversed(asked.values()), None)


def turn_row(turn: Turn) -> dict[str, Any]:
    """A turn's line in the journal, beside that of its problem."""
    body = turn.body()
    return {"turn": turn.number, **{key: body[key] for key in ("verdict", "seconds", "trace")}}


def _asked(row: dict[str, Any]) -> Asked:
    from corollary_agent.problem import Problem

    problem = Problem.model_validate(row["problem"])
    return Asked(row["turn"], problem, row["model"], row["seed"])


def _turn(row: dict[str, Any], asked: Asked) -> Turn:
    from corollary_agent.trace import Trace

    judged = Judged(row["verdict"]["word"], tuple(row["verdict"]["reasons"]))
    trace = Trace.model_validate(row["trace"])
    return Turn(asked.problem, trace, judged, row["seconds"], asked.number, asked.model)
