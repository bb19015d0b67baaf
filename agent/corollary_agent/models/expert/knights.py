"""Knights and knaves: each speech becomes `speaker <-> what was said`, true meaning a knight.

Reads every way of speaking in Logic-RL's problems (`Zoey said that ...`, `"...," Zoey declared`,
`In Zoey's words: "..."`) and what is said: roles joined by `and`, `or`, `if ... then`, `if and
only if`. Does not solve: `find` does.
"""

from __future__ import annotations

import re

from corollary_agent.models.expert.plan import Move, Plan, Refusal, Unreadable, read_premise
from corollary_agent.models.expert.written import Written, join, negate
from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences

_KNIGHTS = ("knight", "truth-teller", "saint", "hero", "angel", "altruist", "sage", "pioneer")
_KNAVES = ("knave", "liar", "sinner", "villain", "devil", "egoist", "fool", "laggard")
_ROLE = re.compile(
    rf"^(?P<name>\w+) is (?P<no>not )?an? (?P<role>{'|'.join((*_KNIGHTS, *_KNAVES))})$", re.I
)
_SEVERAL = re.compile(
    r"^(?P<neither>neither )?(?P<one>\w+) (?:and|nor) (?P<two>\w+) (?:is|are) "
    rf"(?:(?P<kind>the same|different)(?: kind| role)?s?|(?:both )?(?:an? )?"
    rf"(?P<role>{'|'.join((*_KNIGHTS, *_KNAVES))})s?)$",
    re.I,
)
_QUOTED = re.compile(r"[\"“](?P<said>[^\"”]+)[\"”]")
_REPORTED = re.compile(r"^(?P<speaker>\w+) (?:[a-z]+ ){1,3}that (?P<said>.+)$")
_SPEAKERS = (
    re.compile(r"^(?:according to|in a statement by|in the words of|as) (?P<speaker>\w+)", re.I),
    re.compile(r"^in (?P<speaker>\w+)'s words", re.I),
    re.compile(r"^[-–—\s,]*(?P<speaker>\w+)", re.I),
)
_SETTING = re.compile(r"\b(?:inhabit|island|always (?:tell|lie)|you meet)", re.I)


def is_knights(problem: Problem) -> bool:
    """Whether a problem is about knights and knaves under one of their names."""
    return bool(re.search(r"\bknights?\b.*\bknaves?\b|\bliars?\b", problem.text, re.I | re.S))


def plan_knights(problem: Problem) -> Plan:
    """Plan one premise a speech, then `find`."""
    speeches = problem.statements or split_speeches(problem.question)
    moves: list[Move | Refusal] = [
        read_premise(n, text, read_speech) for n, text in enumerate(speeches, 1)
    ]
    moves.append(Move("find", {}))
    return Plan("knights", tuple(moves), lambda result: _conclude(problem, result))


def split_speeches(text: str) -> tuple[str, ...]:
    """The speeches of a whole puzzle, in order, without its setting and its question."""
    return tuple(s for s in split_sentences(text) if not _is_setting(s) and not s.endswith("?"))


def _is_setting(sentence: str) -> bool:
    return bool(_SETTING.search(sentence)) and not _QUOTED.search(sentence)


def read_speech(text: str) -> str:
    """The canonical formula of one speech, such as `zoey <-> zoey | ethan`."""
    if _is_setting(text):
        return "true"
    quoted = _QUOTED.search(text)
    if quoted:
        outside = (text[: quoted.start()] + text[quoted.end() :]).strip()
        speaker, said = _speaker(outside), quoted["said"]
    else:
        reported = _REPORTED.match(text)
        if not reported:
            raise Unreadable(text)
        speaker, said = reported["speaker"], reported["said"]
    spoken = re.sub(r"\bI am\b|\bI'm\b", f"{speaker} is", said)
    return join("<->", [Written(speaker.lower()), read_claim(spoken)]).text


def _speaker(outside: str) -> str:
    for pattern in _SPEAKERS:
        found = pattern.match(outside)
        if found:
            return found["speaker"]
    raise Unreadable(outside)


def read_claim(said: str) -> Written:
    """What was said, as a formula over the people's names."""
    text = said.strip().rstrip(".,;! ")
    conditional = re.match(r"^if (.+?),? then (.+)$", text, re.I)
    if conditional:
        return join("->", [read_claim(conditional[1]), read_claim(conditional[2])])
    if _SEVERAL.match(text):
        return _read_several(text)
    for word, operator in ((" if and only if ", "<->"), (" or ", "|"), (" and ", "&")):
        if word in text:
            return join(operator, [read_claim(part) for part in text.split(word)])
    role = _ROLE.match(text)
    if not role:
        raise Unreadable(said)
    name = Written(role["name"].lower())
    is_knave = role["role"].lower() in _KNAVES
    return negate(name) if is_knave != bool(role["no"]) else name


def _read_several(text: str) -> Written:
    """`Zoey and Bob are both knaves`, `neither Zoey nor Bob is a knight`, `... the same kind`."""
    found = _SEVERAL.match(text)
    if not found:
        raise Unreadable(text)
    names = [Written(found["one"].lower()), Written(found["two"].lower())]
    role = (found["role"] or "").lower()
    if not role:
        return join("<->" if found["kind"] == "the same" else "xor", names)
    if (role in _KNAVES) != bool(found["neither"]):
        names = [negate(name) for name in names]
    return join("&", names)


def _conclude(problem: Problem, result: str) -> str:
    """`unique: zoey = true` -> `Zoey is a knight`; anything else is passed on as it was found."""
    if not result.startswith("unique:"):
        return result
    roles = re.findall(r"(\w+) = (true|false)", result)
    return ", ".join(_role(problem, name, value == "true") for name, value in roles)


def _role(problem: Problem, name: str, knight: bool) -> str:
    spelled = re.search(rf"\b{name}\b", problem.text, re.I)
    return f"{spelled[0] if spelled else name} is a {'knight' if knight else 'knave'}"
