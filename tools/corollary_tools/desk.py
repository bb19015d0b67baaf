"""The reading desk: a problem's numbered statements and what a chain has recorded of them so far.

A desk is a frozen value: a tool gets one and returns the next one, so that it lives in the trace,
can be replayed and forked, and dies with no process. Statements are handed over one at a time;
after the last comes the question, after it the options where there are any. Does not parse or
solve anything.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Variables(BaseModel):
    """Declared unknowns: `names`, each taking one of `values`, all different where `distinct`.

    of: where the names are functions, the things that each argument can be, as one text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    values: tuple[str, ...]
    distinct: bool = False
    of: tuple[str, ...] = ()


class Recorded(BaseModel):
    """A formula recorded for a statement (`label` its number) or for an option (its letter)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    formula: str


class Mark(BaseModel):
    """What was declared and recorded when a mark was set, to go back to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variables: tuple[Variables, ...]
    premises: tuple[Recorded, ...]
    choices: tuple[Recorded, ...]


class Desk(BaseModel):
    """What is on the desk: the texts to read, and what was declared and recorded from them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statements: tuple[str, ...] = ()
    question: str = ""
    options: tuple[str, ...] = ()
    variables: tuple[Variables, ...] = ()
    premises: tuple[Recorded, ...] = ()
    choices: tuple[Recorded, ...] = ()
    marks: tuple[Mark, ...] = ()

    def declare(self, variables: Variables) -> Desk:
        """Return the desk with these unknowns added; a name declared again is replaced."""
        kept = tuple(v for v in self.variables if not set(v.names) & set(variables.names))
        return self.model_copy(update={"variables": (*kept, variables)})

    def record(self, number: int, formula: str) -> Desk:
        """Return the desk with the formula of statement `number` (from 1) recorded or replaced."""
        return self.model_copy(update={"premises": _replaced(self.premises, str(number), formula)})

    def choose(self, letter: str, formula: str) -> Desk:
        """Return the desk with the formula of option `letter` recorded or replaced."""
        return self.model_copy(update={"choices": _replaced(self.choices, letter, formula)})

    def retract(self, number: int) -> Desk:
        """Return the desk without the formula of statement `number`."""
        kept = tuple(row for row in self.premises if row.label != str(number))
        return self.model_copy(update={"premises": kept})

    def push(self) -> Desk:
        """Return the desk with a mark of what is recorded now."""
        mark = Mark(variables=self.variables, premises=self.premises, choices=self.choices)
        return self.model_copy(update={"marks": (*self.marks, mark)})

    def pop(self) -> Desk:
        """Return the desk as it was at the last mark, which is gone then. There must be one."""
        *marks, last = self.marks
        kept = {"variables": last.variables, "premises": last.premises, "choices": last.choices}
        return self.model_copy(update={**kept, "marks": tuple(marks)})

    def statement(self, number: int) -> str:
        """Statement `number` (from 1) as it is handed over; after the last, the question."""
        if number <= len(self.statements):
            return f"{number}. {self.statements[number - 1]}"
        return f"Question: {self.question}"

    def option(self, index: int) -> str:
        """Option `index` (from 0) as it is handed over; after the last, the word that it was."""
        if index < len(self.options):
            return f"{letter(index)}) {self.options[index]}"
        return "All options are recorded."

    def opening(self) -> str:
        """What a chain reads first: the first statement, or the question where there is none."""
        return self.statement(1) if self.statements else self.question


def letter(index: int) -> str:
    """The label of option `index` (from 0): A, B, C, ..."""
    return chr(ord("A") + index)


def _replaced(rows: tuple[Recorded, ...], label: str, formula: str) -> tuple[Recorded, ...]:
    kept = tuple(row for row in rows if row.label != label)
    return (*kept, Recorded(label=label, formula=formula))
