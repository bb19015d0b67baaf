"""Sentences and questions as formulas: facts, rules and quantified statements.

`If ... then ...`, `All/Every/No/Some/Not all/Only ... are ...`, `Everyone who ... is ...`, bare
plurals, facts, and the yes-no questions of all of these. A rule's `something` becomes the variable
of a `forall`. What fits no form, or more than one, raises Unreadable.
"""

from __future__ import annotations

import re
from functools import lru_cache

from corollary_agent.models.expert.clauses import (
    attempt,
    cuts,
    only,
    read_clauses,
    read_predicates,
)
from corollary_agent.models.expert.english import is_plural
from corollary_agent.models.expert.phrases import (
    THINGS,
    VARIABLE,
    Subject,
    read_name,
    read_nouns,
)
from corollary_agent.models.expert.plan import Unreadable
from corollary_agent.models.expert.written import Written, join, negate, quantify

_EVERY = "everything|everyone|everybody|anything|anyone|anybody"
_NONE = "nothing|no one|nobody"
_SOME = "something|someone|somebody"
_QUANTIFIED = re.compile(
    r"^(?P<word>not all|not every|all|every|each|any|no|some|only|an?) (?P<rest>.+)$", re.I
)
_PRONOUN = re.compile(rf"^(?P<word>{_EVERY}|{_NONE}|{_SOME}) (?P<rest>.+)$", re.I)
_RELATIVE = re.compile(r"^(?P<nouns>.+?)(?:^| )(?:who|that|which) (?P<rest>.+)$", re.I)
_LEAD = re.compile(r"^(?:therefore|so|also|and|hence|thus|but|we know that),? ", re.I)
_ASKED = re.compile(
    r"^(?:is it true|is it the case|does it follow|can we (?:conclude|infer|say)|can it be "
    r"(?:concluded|inferred)) that (?P<statement>.+)$",
    re.I,
)
_TRUE_OR = re.compile(r"^.*\b(?:true|false)\b[^?]*\?\s*(?=\S)", re.I | re.S)
_AUXILIARY = re.compile(r"^(?P<verb>is|are|was|were|does|do) (?P<rest>.+)$", re.I)

_BARE_OBJECT = re.compile(r"^(?:not (?=\w+ )|(?!not ))\w+ (?!the )[a-z]")


@lru_cache(maxsize=4096)
def read_sentence(sentence: str) -> str:
    """The canonical formula of one fact or rule, such as `forall x. cold(x) -> nice(x)`."""
    try:
        return _read(_plain(sentence))
    except Unreadable:
        raise Unreadable(sentence) from None


def read_question(question: str) -> str:
    """The canonical formula of the statement that a question asks about."""
    text = _TRUE_OR.sub("", question.strip())
    plain = _plain(text)
    asked, auxiliary = _ASKED.match(plain), _AUXILIARY.match(plain)
    if asked:
        return read_sentence(asked["statement"])
    if not auxiliary or not text.endswith("?"):
        return read_sentence(text)
    verb, rest = auxiliary["verb"].lower(), auxiliary["rest"]
    return only({attempt(_read, s) for s in _uninverted(verb, rest)})


def _uninverted(verb: str, rest: str) -> list[str]:
    """`is`, `Tom an animal` -> `Tom is an animal`, cut at every place; `does` likewise.

    After `does`, a bare object (`eat grass`) is read behind a one-word subject only: behind a
    longer one nobody can say where the subject ends.
    """
    return [
        f"{left} {verb} {right}"
        for left, right in cuts(rest)
        if verb not in ("does", "do") or " " not in left or not _BARE_OBJECT.match(right)
    ]


def _plain(sentence: str) -> str:
    text = re.sub(r"\s+", " ", sentence).strip().rstrip(".!? ").replace("’", "'")
    text = re.sub(r"\bcan't\b|\bwon't\b", "can not", text)
    return _LEAD.sub("", re.sub(r"n't\b", " not", text))


def _read(text: str) -> str:
    if not text.split():
        raise Unreadable(text)
    rule = re.match(r"^if (?P<body>.+?),? then (?P<head>.+)$", text, re.I)
    if rule:
        return _close(_read_rule(rule["body"], rule["head"]), "forall")
    if re.match(r"^if ", text, re.I):
        commas = [m.start() for m in re.finditer(", ", text)]
        return _close(
            only(attempt(_read_rule, text[3:i], text[i + 2 :]) for i in commas),
            "forall",
        )
    for read in (_read_pronoun, _read_quantified, _read_fact, _read_names, _read_plural):
        found = attempt(read, text)
        if found is not None:
            return found
    raise Unreadable(text)


def _close(formula: Written, word: str) -> str:
    """The formula's text, its variable bound where it has one."""
    if VARIABLE not in formula.text:
        return formula.text
    taken = set(re.findall(r"\w+", formula.text.replace(VARIABLE, "")))
    variable = next(v for v in ("x", "y", "z", "u", "v", "w", "x1") if v not in taken)
    return quantify(word, variable, formula).text.replace(VARIABLE, variable)


def _read_rule(body: str, head: str) -> Written:
    subject, conditions = read_clauses(body)
    _, conclusions = read_clauses(head, subject)
    return join("->", [conditions, conclusions])


def _read_fact(text: str) -> str:
    if _PRONOUN.match(text) or _QUANTIFIED.match(text):
        raise Unreadable(text)
    _, formula = read_clauses(text)
    return _close(formula, "forall")


def _read_names(text: str) -> str:
    """`Bob and Anne are nice` says the same of each."""
    return only(attempt(_of_each, a, b) for a, b in cuts(text))


def _of_each(names: str, said: str) -> str:
    parts = re.split(r",? and |, ", names)
    if len(parts) < 2 or not all(part[:1].isupper() for part in parts):
        raise Unreadable(names)
    return join("&", [read_predicates(said, Subject(read_name(p), True)) for p in parts]).text


def _read_pronoun(text: str) -> str:
    """`Everyone who is kind is nice`, `Nothing is blue`, `Someone likes the dog`."""
    found = _PRONOUN.match(text)
    if not found:
        raise Unreadable(text)
    word, rest = found["word"].lower(), found["rest"]
    said = only([*_related("", rest, plural=False), attempt(_said, rest)])
    return _quantified(_kind_of(word), said)


def _said(rest: str) -> tuple[list[Written], Written]:
    return [], read_predicates(rest, Subject(VARIABLE))


def _kind_of(word: str) -> str:
    if word in _NONE.split("|"):
        return "no"
    return "some" if word in _SOME.split("|") else "all"


def _read_quantified(text: str) -> str:
    found = _QUANTIFIED.match(text)
    if not found:
        raise Unreadable(text)
    return _read_nouns(found["word"].lower(), found["rest"])


def _read_plural(text: str) -> str:
    """A bare plural such as `Big, young people are nice` speaks of all of them."""
    if text.lower().startswith(("the ", "if ")):
        raise Unreadable(text)
    if not re.search(r" (?:are|were|do) ", text) and not is_plural(text.split()[0].lower()):
        raise Unreadable(text)
    return _read_nouns("all", text)


def _read_nouns(word: str, rest: str) -> str:
    plural = word not in ("every", "each", "not every", "a", "an")
    plurals = (plural,) if word not in ("any", "no", "some") else (True, False)
    readings = [r for many in plurals for r in _cut_nouns(rest, plural=many)]
    return _quantified(
        "all" if word in ("every", "each", "any", "a", "an") else word, only(readings)
    )


def _cut_nouns(rest: str, *, plural: bool) -> list[tuple[list[Written], Written] | None]:
    relative = _RELATIVE.match(rest)
    if relative:
        return _related(relative["nouns"], relative["rest"], plural=plural)
    return [attempt(_of_nouns, left, right, plural=plural) for left, right in cuts(rest)]


def _of_nouns(nouns: str, said: str, *, plural: bool) -> tuple[list[Written], Written]:
    if plural and not is_plural(nouns.split()[-1].lower()):
        raise Unreadable(nouns)
    subject = Subject(VARIABLE, plural=plural, words=1 + len(nouns.split()))
    return read_nouns(nouns, VARIABLE), read_predicates(said, subject)


def _related(nouns: str, rest: str, *, plural: bool) -> list[tuple[list[Written], Written] | None]:
    """`who is kind is nice`, cut at every place into the relative clause and the rest."""
    clause = re.sub(r"^(?:who|that|which) ", "", rest, flags=re.I)
    if not nouns and clause == rest:
        return []

    def read(left: str, right: str) -> tuple[list[Written], Written]:
        subject = Subject(VARIABLE, plural=plural)
        open_kind = not nouns or nouns.lower() in THINGS
        kinds = [] if open_kind else read_nouns(nouns, VARIABLE)
        return [*kinds, read_predicates(left, subject)], read_predicates(right, subject)

    return [attempt(read, a, b) for a, b in cuts(clause)]


def _quantified(word: str, read: tuple[list[Written], Written]) -> str:
    kinds, said = read
    if word == "some":
        return _close(join("&", [*kinds, said]), "exists")
    if word in ("not all", "not every"):
        return _close(join("&", [*kinds, negate(said)]), "exists")
    if not kinds:
        return _close(negate(said) if word == "no" else said, "forall")
    body = join("&", kinds)
    if word == "only":
        return _close(join("->", [said, body]), "forall")
    return _close(join("->", [body, negate(said) if word == "no" else said]), "forall")
