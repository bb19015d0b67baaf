"""The English that the readers share: names, plurals and verb forms.

Guarantees the same word for one thing whichever form the text has it in. Knows regular forms and
the irregular ones listed here; it is no general morphology.
"""

from __future__ import annotations

import re

_IRREGULAR = {
    "people": "person", "persons": "person", "men": "man", "women": "woman", "mice": "mouse",
    "children": "child", "geese": "goose", "wolves": "wolf", "feet": "foot", "teeth": "tooth",
    "oxen": "ox", "lice": "louse", "knives": "knife", "leaves": "leaf", "sheep": "sheep",
    "fish": "fish", "deer": "deer", "species": "species", "movies": "movie", "cookies": "cookie",
}  # fmt: skip
_SINGULAR_ENDINGS = ("ss", "us", "is", "ous")
_IRREGULAR_VERBS = {"have": "has", "are": "is", "do": "does", "go": "goes", "be": "is"}


def to_name(phrase: str) -> str:
    """The name of a thing: lower case, no article, words joined by `_`.

    A single letter, which stands for any name, is a capital: formulas keep `x` for variables.
    """
    if len(phrase) == 1 and phrase.isalpha():
        return phrase.upper()
    words = re.findall(r"[^\W_]+", phrase.lower().replace("'", ""))
    if words and words[0] in ("the", "a", "an"):
        words = words[1:]
    name = "_".join(words)
    return f"n{name}" if name[:1].isdigit() else name


def is_plural(word: str) -> bool:
    """Whether a word looks like a plural noun; `shy` and `nervous` do not."""
    return word in _IRREGULAR or (word.endswith("s") and not word.endswith(_SINGULAR_ENDINGS))


def to_singular(word: str) -> str:
    """The singular of a plural noun; other words are returned as they are."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not is_plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("uses", "sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def to_third_person(verb: str) -> str:
    """The third person singular of a verb's base form: like -> likes, try -> tries."""
    if verb in _IRREGULAR_VERBS:
        return _IRREGULAR_VERBS[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"
