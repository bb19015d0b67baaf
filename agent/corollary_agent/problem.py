"""Problems: what is to be solved, where it comes from, and what its answer is where it is known.

Guarantees frozen, versioned records. Does not read files (problem sources do) and does not render
prompts (`prompt` does).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.desk import Desk, letter

Domain = Literal["math", "logic", "constraints"]


class Problem(BaseModel):
    """One problem.

    statements: the texts to be read one by one at the desk; empty where the problem is one text.
    question: the question alone where there are statements, else the whole text.
    options: the texts of a choice in order, without their letters. family: problems of one family
    never stand on both sides of a split. meta: what the source knows besides, such as a gold chain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    id: str
    source: str
    split: str
    family: str
    domain: Domain
    question: str
    statements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    asks: AnswerKind
    answer: Answer | None = None
    licence: str = "unknown"
    meta: dict[str, JsonValue] = {}

    @property
    def text(self) -> str:
        """The whole problem as a person would read it."""
        options = [f"{letter(i)}) {text}" for i, text in enumerate(self.options)]
        return "\n".join([" ".join((*self.statements, self.question)).strip(), *options])

    @property
    def desk(self) -> Desk:
        """The desk at the start of a chain: everything to read, nothing recorded."""
        return Desk(statements=self.statements, question=self.question, options=self.options)
