"""Answers: what a problem asks for and what a model gives, in one typed record.

Guarantees that an Answer holds plain JSON values and that its kind fits its value. Does not
judge: whether two answers are the same is decided in `equivalence`, and reading an answer out of
a model's words is done in `reading`.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

AnswerKind = Literal["number", "expression", "truth", "choice", "assignment", "set"]
Truth = Literal["True", "False", "Unknown"]

_SHAPES: dict[str, type] = {
    "number": str,
    "expression": str,
    "truth": str,
    "choice": str,
    "assignment": dict,
    "set": list,
}


class Answer(BaseModel):
    """An answer of one kind.

    value: number, expression -> text in the notation of `expression`; truth -> True, False or
    Unknown; choice -> the option's letter; assignment -> {name: value text}; set -> list of texts
    (order does not count). options: the texts of a choice, in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AnswerKind
    value: str | dict[str, str] | list[str]
    options: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not isinstance(self.value, _SHAPES[self.kind]):
            raise ValueError(f"an answer of kind {self.kind} needs a {_SHAPES[self.kind].__name__}")
        if self.kind == "truth" and self.value not in ("True", "False", "Unknown"):
            raise ValueError("a truth value is one of True, False, Unknown")
        return self

    @property
    def text(self) -> str:
        """The answer as one line for people and for models."""
        if isinstance(self.value, dict):
            return ", ".join(f"{name} = {value}" for name, value in self.value.items())
        if isinstance(self.value, list):
            return ", ".join(self.value)
        return self.value
