"""Clauses: a subject and what is said of it, joined by `and` or by `or`.

Each way to cut a clause into subject, verb and object is tried; exactly one must fit, else the
clause is Unreadable. `and` mixed with `or` is Unreadable too: English does not say which binds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import ParamSpec, TypeVar

from corollary_agent.models.expert.english import to_third_person
from corollary_agent.models.expert.phrases import (
    Subject,
    is_verb,
    read_complement,
    read_object,
    read_subject,
)
from corollary_agent.models.expert.plan import Unreadable
from corollary_agent.models.expert.written import Written, join, negate

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_BE = {"is": False, "was": False, "are": True, "were": True}
_DO = {"does": False, "did": False, "do": True}


def read_clauses(text: str, before: Subject | None = None) -> tuple[Subject, Written]:
    """Clauses joined by one conjunction, and the subject that later pronouns refer to."""
    operator, parts = _split(text)
    first, formula = _read_clause(parts[0], before)
    anchor = before or first
    joined = join(operator, [formula, *_read_more(parts, first, anchor)])
    return anchor, join("&", [*first.kinds, joined])


def read_predicates(text: str, subject: Subject) -> Written:
    """What is said of a subject: `is big and does not like the cow`."""
    operator, parts = _split(text)
    first = read_predicate(parts[0], subject)
    return join(operator, [first, *_read_more(parts, subject, subject)])


def _read_more(parts: list[str], subject: Subject, anchor: Subject) -> list[Written]:
    """The formulas of the parts after the first."""
    formulas, last = [], (subject, parts[0])
    for part in parts[1:]:
        last, formula = _go_on(part, last, anchor)
        formulas.append(formula)
    return formulas


def read_predicate(text: str, subject: Subject) -> Written:
    """One verb with what belongs to it: `is not cold`, `does not see Bob`, `likes the cow`."""
    words = text.split()
    be, do = _BE.get(words[0].lower()), _DO.get(words[0].lower())
    if be is not None and len(words) > 1:
        if subject.plural not in (be, None):
            raise Unreadable(text)
        return read_complement(" ".join(words[1:]), replace(subject, plural=be))
    if do is not None:
        return _read_do(words[1:], subject)
    if len(words) == 1 and subject.words > 2:
        raise Unreadable(text)
    base = subject.plural or (subject.plural is None and not words[0].endswith("s"))
    verb = to_third_person(words[0]) if base else words[0]
    if not verb.endswith(("s", "ed")) or not is_verb(words[0]):
        raise Unreadable(text)
    return _relate(verb, words[1:], subject)


def _read_do(words: list[str], subject: Subject) -> Written:
    """What follows `does`: `not see Bob`, or `see Bob` as a question has it."""
    negative = words[:1] == ["not"]
    rest = words[1:] if negative else words
    if not rest or not is_verb(rest[0]):
        raise Unreadable(" ".join(words))
    said = _relate(to_third_person(rest[0]), rest[1:], subject)
    return negate(said) if negative else said


def _relate(verb: str, words: list[str], subject: Subject) -> Written:
    if not is_verb(verb):
        raise Unreadable(verb)
    arguments = [subject.term]
    if words:
        arguments.append(read_object(" ".join(words), subject))
    return Written(f"{verb}({', '.join(arguments)})")


def _split(text: str) -> tuple[str, list[str]]:
    """The conjunction's operator, and the parts it joins."""
    plain = re.sub(r"\b(?:either|both) ", "", text, flags=re.I)
    has_and, has_or = " and " in plain, " or " in plain
    if has_and and has_or:
        raise Unreadable(text)
    parts = [p.strip() for p in re.split(r",? or |, " if has_or else r",? and |, ", plain)]
    if not all(parts):
        raise Unreadable(text)
    return ("|" if has_or else "&"), parts


def _read_clause(text: str, before: Subject | None) -> tuple[Subject, Written]:
    def read(left: str, right: str) -> tuple[Subject, Written]:
        subject = read_subject(left, before)
        return subject, read_predicate(right, subject)

    return only(attempt(read, left, right) for left, right in cuts(text))


def _go_on(
    part: str, last: tuple[Subject, str], anchor: Subject
) -> tuple[tuple[Subject, str], Written]:
    """A further part: a clause of its own, or more of what the last one said of its subject."""
    subject, text = last
    whole = attempt(_read_clause, part, anchor)
    if whole is not None:
        return (whole[0], part), whole[1]
    words = part.split()
    follows_be = bool(set(text.split()) & set(_BE)) or text == "complement"
    if follows_be and words[0].lower() not in (*_BE, *_DO):
        if " not " in f" {text} " and words[0] != "not":
            raise Unreadable(part)
        described = attempt(read_complement, part, subject)
        if described is not None:
            return (subject, text if words[0] != "not" else "complement"), described
    return (subject, part), read_predicate(part, subject)


def cuts(text: str) -> Iterator[tuple[str, str]]:
    """Each way to cut a text in two between words."""
    words = text.split()
    for index in range(1, len(words)):
        yield " ".join(words[:index]), " ".join(words[index:])


def attempt(
    read: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result | None:
    """What `read` reads, or None where it cannot."""
    try:
        return read(*args, **kwargs)
    except Unreadable:
        return None


def only(found: Iterable[Result | None]) -> Result:
    """The one reading among the attempts. Raises Unreadable where there is none or a choice."""
    readings = [reading for reading in found if reading is not None]
    if len(readings) != 1:
        raise Unreadable("")
    return readings[0]
