"""Phrases: names, noun phrases and what follows `is`, read strictly.

A phrase that holds a word with a grammatical function where a name or a noun should stand (`who`,
`only`, `every`, ...) raises Unreadable, so that what was not understood never becomes a name.
`VARIABLE` stands for the thing a rule speaks of until the rule is quantified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corollary_agent.models.expert.english import is_plural, to_name, to_singular
from corollary_agent.models.expert.plan import Unreadable
from corollary_agent.models.expert.written import Written, join, negate

VARIABLE = "?x"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FUNCTION = _words(
    "if then not and or nor is are was were be been am do does did has have had can could may "
    "might must will would should shall all every each any no none some only both either neither "
    "most many few who whom whose that which what when where why how than unless because since "
    "but although there here it they he she him her them its their something someone somebody "
    "anything anyone anybody everything everyone everybody nothing nobody a an the to of in at "
    "with from near on by for as so also very always never often this these those exactly one "
    "two three other others another more less such same forall exists xor true false"
)
_OPEN = _words("something someone somebody anything anyone anybody")
_ANY = frozenset({"a person", "a thing", "an object", "one"})
_BACK = _words("it they he she")
_DETERMINED = _words("the my your his her our their its")
THINGS = _words("thing things people person persons object objects one ones")
_LINKS = "than|of|in|to|at|with|from|near|on|by"
_RELATED = re.compile(rf"^(?:an? |the )?(?P<word>[a-z-]+) (?P<link>{_LINKS}) (?P<other>.+)$")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a clause is about.

    kinds: what the phrase itself says of it, as in `a big cat`; noun: `cat`, by which `the cat`
    refers back to it. words: how many the phrase has. plural: None where it may be either, as in
    `the sheep`.
    """

    term: str
    plural: bool | None = False
    kinds: tuple[Written, ...] = ()
    noun: str = ""
    words: int = 1


def read_subject(phrase: str, before: Subject | None) -> Subject:
    """The subject that a phrase names; `it` and `they` are the one `before`."""
    words = phrase.split()
    low = phrase.lower()
    if low in _BACK:
        if before is None:
            raise Unreadable(phrase)
        return Subject(before.term, plural=low == "they")
    if before and before.noun and low in (f"the {before.noun}", f"that {before.noun}"):
        return Subject(before.term)
    if low in _OPEN or low in _ANY:
        if before is not None:
            raise Unreadable(phrase)
        return Subject(VARIABLE, noun=words[-1].lower())
    if len(words) > 1 and words[0].lower() in ("a", "an"):
        return _read_indefinite(phrase, before)
    name = read_name(phrase)
    many = None if low.startswith("the ") and is_plural(words[-1]) else False
    return Subject(name, plural=many, words=len(words))


def _read_indefinite(phrase: str, before: Subject | None) -> Subject:
    """`a big cat`, or the one before where it is called the same."""
    kinds = tuple(read_kinds(phrase, VARIABLE))
    if before is not None and before.kinds == kinds:
        return Subject(before.term)
    if before is not None or len(kinds) > 2:
        raise Unreadable(phrase)
    return Subject(VARIABLE, kinds=kinds, noun=phrase.split()[-1].lower(), words=2)


def read_name(phrase: str) -> str:
    """The name that `the bald eagle`, `Bob`, `New York` or a bare `tom` stands for."""
    words = phrase.split()
    determined = bool(words) and words[0].lower() in _DETERMINED
    inner = words[1:] if determined else words
    capitals = all(word[:1].isupper() for word in inner)
    if not inner or len(inner) > 3 or not (determined or capitals or len(inner) == 1):
        raise Unreadable(phrase)
    _check(inner, phrase)
    return to_name(phrase)


def read_kinds(phrase: str, term: str) -> list[Written]:
    """The predicates of a noun phrase such as `big, young people`: adjectives, then the noun."""
    text = re.sub(r"^(?:an?|the) ", "", phrase.strip(), flags=re.I)
    words = [word for word in re.split(r",? and |, | ", text) if word]
    _check(words, phrase)
    drop = len(words) > 1 and words[-1].lower() in THINGS
    kept = words[:-1] if drop else [*words[:-1], to_singular(words[-1])]
    return [_predicate(word, term) for word in kept]


def read_nouns(phrase: str, term: str) -> list[Written]:
    """The predicates of what a quantifier speaks of; `wizards and witches` means either."""
    parts = re.split(r",? and ", phrase)
    if len(parts) > 1 and all(part and is_plural(part.split()[-1].lower()) for part in parts):
        return [join("|", [join("&", read_kinds(part, term)) for part in parts])]
    return read_kinds(phrase, term)


def read_complement(text: str, subject: Subject) -> Written:
    """What follows `is`: one adjective, a noun with an article, or a relation to another thing."""
    if text.lower().startswith("not "):
        return negate(read_complement(text[4:], subject))
    related = _RELATED.match(text)
    if related:
        _check([related["word"]], text)
        name = f"{related['word'].replace('-', '_')}_{related['link']}"
        return Written(f"{name}({subject.term}, {read_object(related['other'], subject)})")
    if re.match(r"^(?:an?|the) ", text, re.I):
        return join("&", read_kinds(text, subject.term))
    return join("&", _bare(text, subject))


def read_object(phrase: str, subject: Subject) -> str:
    """The name of a verb's object; `itself` is the subject."""
    if phrase.lower() in ("itself", "himself", "herself", "themselves"):
        return subject.term
    if phrase.endswith("ly") and phrase.islower():
        raise Unreadable(phrase)
    return read_name(phrase)


def _bare(text: str, subject: Subject) -> list[Written]:
    """An adjective, or, of several things, a plural noun with at most one word before it."""
    words = text.split()
    if words[0][0].isupper() and len(words[0]) > 1 and not subject.plural:
        raise Unreadable(text)
    if subject.plural and len(words) <= 2 and (len(words) == 1 or is_plural(words[-1])):
        return read_kinds(text, subject.term)
    if len(words) != 1:
        raise Unreadable(text)
    _check(words, text)
    return [_predicate(words[0], subject.term)]


def _predicate(word: str, term: str) -> Written:
    if not word[0].isalpha():
        raise Unreadable(word)
    name = word if len(word) == 1 else word.lower().replace("-", "_")
    return Written(f"{name}({term})")


def _check(words: list[str], phrase: str) -> None:
    """Raise Unreadable where a word cannot be a name, a noun or an adjective."""
    for word in words:
        low = word.lower()
        single = len(word) == 1 and word.isupper()
        if (low in _FUNCTION and not single) or not re.fullmatch(r"[\w.'-]*\w", low):
            raise Unreadable(phrase)
    if not words:
        raise Unreadable(phrase)


def is_verb(word: str) -> bool:
    """Whether a word can stand as a verb with a meaning of its own."""
    return bool(re.fullmatch(r"[a-z]+", word)) and (
        word not in _FUNCTION or word in ("has", "have")
    )
