"""Which problem a recorded output is on: by the problem's id, or by its words.

Guarantees that words are compared without case, punctuation and blanks, and that an id which is
only a number matches nothing (every set counts its rows). Does not read recorded outputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_datagen.imports.recorded import Recorded
from corollary_datagen.sources import load_problems
from corollary_datagen.sources.files import SUFFIXES
from corollary_datagen.sources.index import load_format
from corollary_tools.errors import CorollaryError


class ProblemBook:
    """Problems to look up."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._by_name: dict[str, Problem] = {}
        self._by_words: dict[str, Problem] = {}
        for problem in problems:
            own = problem.id.rsplit("/", 1)[-1]
            names = (problem.id,) if own.isdecimal() else (problem.id, own)
            for name in names:
                self._by_name.setdefault(name, problem)
            for text in (problem.text, stated_words(problem.statements, problem.question)):
                self._by_words.setdefault(plain_words(text), problem)

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, recorded: Recorded) -> Problem | None:
        """The problem of an output; None where the book has none."""
        found = self._by_name.get(recorded.key) if recorded.key else None
        return found or self.find_words(recorded.question)

    def find_words(self, question: str) -> Problem | None:
        """The problem with these words: its whole text, or its statements and what they ask."""
        words = plain_words(question)
        return self._by_words.get(words) if words else None


def load_book(source: str, split: str | None, data: Path | None) -> ProblemBook:
    """The problems of a source: of one split, or of every split that `data` has of it."""
    if split is not None or data is None or ":" in source:
        return ProblemBook(load_problems(source, split=split or "test", data=data))
    load_format(source)
    folder = data / source
    stems = sorted(p.stem for p in folder.iterdir() if p.suffix in SUFFIXES)
    problems = (p for stem in stems for p in load_problems(source, split=stem, data=data))
    return ProblemBook(problems)


def has_source(source: str, data: Path | None) -> bool:
    """Whether `data` has a folder for this source."""
    return data is not None and (data / source).is_dir()


def check_data(data: Path | None) -> None:
    """Raise CorollaryError for a folder of problems that is none."""
    if data is not None and not data.is_dir():
        raise CorollaryError(
            f"there is no folder {data}",
            because="--data (or COROLLARY_DATA) names it for the problems",
            remedy="the folder that holds a folder for each source, or no --data",
        )


def plain_words(text: str) -> str:
    """Letters and digits alone, in small letters."""
    return re.sub(r"[\W_]", "", text.lower())


def stated_words(statements: Iterable[str], question: str) -> str:
    """Statements and the last sentence of a question, which may open with how to answer."""
    return " ".join((*statements, re.split(r"(?<=\?)\s+", question.strip())[-1]))
