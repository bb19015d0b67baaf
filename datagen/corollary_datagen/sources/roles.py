"""Knights-and-knaves puzzles as structures, so that a puzzle is known again under other names.

A speech is a nested tuple as the Logic-RL rows write it: ("not", ("lying", 2)) or ("and", a, b),
where the number is a person. Guarantees that renaming or reordering the people, or swapping the
parts of "and", "or" and "<=>", leaves the structure unchanged. Two puzzles that differ may, seldom,
share one: it is a family, not an identity.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from corollary_datagen.sources.families import digest

_ROUNDS = 2
_SYMMETRIC = ("and", "or", "<=>")
_OPPOSITE = {"lying": "telling-truth", "telling-truth": "lying"}


def knights_family(speeches: Sequence[Any]) -> str:
    """The family of a puzzle: colours of people, refined by what they say and who speaks of them.

    Raises ValueError for a speech that has not the form above.
    """
    count = len(speeches)
    plain, colours = [""] * count, [""] * count
    said_of = [
        [(speaker, _shape(speech, person, plain)) for speaker, speech in mentions]
        for person, mentions in enumerate(_mentions(speeches))
    ]
    for _ in range(_ROUNDS):
        spoken = [_shape(speech, speaker, colours) for speaker, speech in enumerate(speeches)]
        heard = [sorted(colours[speaker] + shape for speaker, shape in said) for said in said_of]
        colours = [digest(f"{said}|{of}") for said, of in zip(spoken, heard, strict=True)]
    return f"knights:{digest(' '.join(sorted(colours)))}"


def _mentions(speeches: Sequence[Any]) -> list[list[tuple[int, Any]]]:
    """For each person the speeches that speak of them, with their speakers."""
    found: list[list[tuple[int, Any]]] = [[] for _ in speeches]
    for speaker, speech in enumerate(speeches):
        for person in _people(speech):
            if person < len(speeches):
                found[person].append((speaker, speech))
    return found


def read_speeches(formula: str) -> tuple[Any, ...]:
    """The speeches of a row's "statements" text, a literal; raises ValueError."""
    try:
        value = ast.literal_eval(formula)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("it is not a literal") from error
    if not isinstance(value, tuple):
        raise ValueError("it is not a tuple of speeches")
    return value


def _shape(speech: Any, self: int, colours: list[str]) -> str:
    match speech:
        case ("not", (("lying" | "telling-truth") as role, int(person))):
            return _shape((_OPPOSITE[role], person), self, colours)
        case (("lying" | "telling-truth") as role, int(person)) if 0 <= person < len(colours):
            return f"{role}:{'self' if person == self else colours[person]}"
        case (str(form), *parts) if parts and form in ("and", "or", "<=>", "->", "not"):
            shapes = [_shape(part, self, colours) for part in parts]
            return f"{form}({','.join(sorted(shapes) if form in _SYMMETRIC else shapes)})"
    raise ValueError(f"{speech!r} is not a speech")


def _people(speech: Any) -> set[int]:
    if not isinstance(speech, tuple):
        return {speech} if isinstance(speech, int) else set()
    return {person for part in speech for person in _people(part)}
