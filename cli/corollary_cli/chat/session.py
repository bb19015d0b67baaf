"""One chat session: the models that answer, the problems asked so far, and where they are kept.

Guarantees that every problem is solved on its own, that what was asked and what came of it is in
the journal before anything else happens, and that a run which was stopped or killed can be gone on
with. Does not read lines (`reading`), run anything (`running`) or parse slash words (`slash`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_cli.chat.journal import Journal
from corollary_cli.chat.models import Models
from corollary_cli.chat.turn import Asked, Turn, read_turns, turn_row
from corollary_cli.console import Output
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.problem import Problem


@dataclass(slots=True)
class Session:
    """What a chat holds.

    spec: the model that answers; rival: the one it is compared with, if any. pretty: mathematics in
    unicode. approve: ask before each call. run_dir: where finished problems are stored as a run.
    asked: the problem whose run is under way or stopped. over: set by /quit. named: the person
    chose the session's name.
    """

    output: Output
    models: Models
    spec: str
    journal: Journal
    rival: str | None = None
    pretty: bool = False
    approve: bool = False
    run_dir: Path | None = None
    turns: list[Turn] = field(default_factory=list)
    asked: Asked | None = None
    over: bool = False
    named: bool = False
    count: int = 0

    def enter(self, journal: Journal, *, named: bool) -> None:
        """Go to another session, and read what is in it. Raises CorollaryError."""
        rows = list(journal.rows())
        turns, asked = _read(journal, rows)
        if rows:
            journal.open()
        self.journal.close()
        self.journal, self.named = journal, named
        self.turns, self.asked = turns, asked
        self.count = max((row["turn"] for row in rows), default=0)
        self.models.keep_states(journal.states if rows else None)

    def ask(self, problem: Problem, model: str, seed: int = 0) -> Asked:
        """Note that a problem is asked; an open one gives way."""
        if self.asked is not None:
            self.drop(self.asked)
        if not self.journal.is_open and self.journal.folder is not None:
            self._open_journal()
        self.count += 1
        self.asked = Asked(self.count, problem, model, seed)
        self.journal.add(self.asked.row())
        return self.asked

    def _open_journal(self) -> None:
        """Begin to keep the session; where that cannot be, say so and work on."""
        try:
            self.journal.open()
        except OSError as error:
            self.output.note(f"  this session is not kept: {error.strerror}")
            self.journal, self.named = Journal(None), False
        self.models.keep_states(self.journal.states)

    def end(self, turn: Turn) -> None:
        """Note what came of the problem that was asked."""
        assert self.asked is not None
        self.turns.append(turn)
        self.journal.add(turn_row(turn))
        self.models.forget(self.asked)
        self.asked = None

    def drop(self, asked: Asked) -> None:
        """Take an open problem back."""
        self.journal.add({"turn": asked.number, "undone": True})
        self.models.forget(asked)
        self.asked = None

    def undo(self) -> Problem:
        """Take the last problem back and return it. Raises CorollaryError where there is none."""
        if self.asked is not None:
            problem = self.asked.problem
            self.drop(self.asked)
            return problem
        turn = self.last_turn()
        self.journal.add({"turn": turn.number, "undone": True})
        self.turns.remove(turn)
        return turn.problem

    def last_turn(self) -> Turn:
        """The last finished problem; raises CorollaryError where there is none."""
        if not self.turns:
            raise CorollaryError(
                "there is no trace yet", because="no problem was finished", remedy="type one"
            )
        return self.turns[-1]

    def last_problem(self) -> tuple[Problem, int]:
        """The problem that was asked last, with its seed. Raises CorollaryError."""
        if self.asked is not None:
            return self.asked.problem, self.asked.seed
        turn = self.last_turn()
        return turn.problem, turn.trace.sampling.seed

    def change_model(self, spec: str) -> None:
        """Answer from now on with another model; the old one stays where it cannot be loaded."""
        self.models.load(spec)
        self.spec = spec

    def close(self) -> None:
        """Let go of models and folder."""
        self.models.close()
        self.journal.close()


def _read(journal: Journal, rows: list[dict[str, Any]]) -> tuple[list[Turn], Asked | None]:
    try:
        return read_turns(rows)
    except (KeyError, TypeError, ValueError) as error:
        raise CorollaryError(
            f"session {journal.name} cannot be read",
            because=f"{type(error).__name__} in {journal.folder}: {error}"[:200],
            remedy="another --session NAME; the files are left as they are",
        ) from error
