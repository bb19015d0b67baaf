"""Knights-and-knaves rows in the Logic-RL format: {"quiz", "names", "solution", "statements"}.

One statement per speech; the sentences that introduce the island are kept in meta["preamble"],
the names in meta["names"], the row's gold formula in meta["formula"].
"""

from __future__ import annotations

from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_datagen.sources.roles import knights_family, read_speeches
from corollary_datagen.sources.row import Format, Hub, Row
from corollary_tools.answer import Answer


def _read(row: Row) -> Problem:
    names = row.texts("names")
    preamble, speeches, question = _parts(row, len(names))
    return Problem(
        id=row.identifier(),
        source=row.source,
        split=row.split,
        family=_family(row),
        domain="constraints",
        statements=speeches,
        question=question,
        asks="assignment",
        answer=Answer(kind="assignment", value=dict(zip(names, _roles(row, names), strict=True))),
        licence="Apache-2.0",
        meta={"names": list(names), "formula": row.text("statements"), "preamble": preamble},
    )


def _parts(row: Row, people: int) -> tuple[str, tuple[str, ...], str]:
    """Preamble, one speech per person, question."""
    *before, question = split_sentences(row.text("quiz"))
    speeches = tuple(before[-people:])
    preamble = " ".join(before[:-people])
    if len(before) <= people or not before[-people - 1].startswith("You meet"):
        raise row.error("quiz", f"it should hold {people} speeches between names and question")
    return preamble, speeches, question


def _roles(row: Row, names: tuple[str, ...]) -> list[str]:
    solution = row.get("solution")
    if not isinstance(solution, list) or len(solution) != len(names):
        raise row.error("solution", f"it should hold one true or false for each of {len(names)}")
    return ["knight" if knight else "knave" for knight in solution]


def _family(row: Row) -> str:
    try:
        return knights_family(read_speeches(row.text("statements")))
    except ValueError as error:
        raise row.error("statements", str(error)) from error


def _hub() -> Hub:
    """Files "5ppl_train" here are split "5ppl" of configuration "train" there."""
    sizes = [f"{n}ppl" for n in range(2, 9)]
    whole = [(part, part, "+".join(sizes)) for part in ("train", "test")]
    single = [(f"{size}_{part}", part, size) for part in ("train", "test") for size in sizes]
    return Hub("K-and-K/knights-and-knaves", splits=tuple(whole + single))


FORMAT = Format(_read, _hub())
