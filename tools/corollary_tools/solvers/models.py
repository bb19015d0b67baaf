"""Models in a few words: which statements are true in them and which numbers the names have."""

from __future__ import annotations

from typing import Any

import z3

from corollary_tools.solvers.theory import Theory

MAX_CHARACTERS = 240


def describe_model(theory: Theory) -> str:
    """The true atoms over named things in the theory's last model, then the names with values.

    All other atoms over named things are false in it. Cut at 240 characters.
    """
    model = theory.model()
    true = [text for text, atom in theory.atoms if z3.is_true(_value(model, atom))]
    text = f"true: {', '.join(true)}" if true else "nothing is true"
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 3]}..."


def _value(model: z3.ModelRef, expression: Any) -> Any:
    return model.eval(expression, model_completion=True)
