"""Characters that look alike: wide forms of ASCII, and Cyrillic letters that look Latin.

Guarantees that two names which look the same are not taken for two names without a word. Names in
Cyrillic letters are as good as any others, alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from corollary_tools.errors import ToolError

_LATIN = str.maketrans("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijshdqwABEKMHOPCTYXIJS")
_FIRST_WIDE, _LAST_WIDE = 0xFF01, 0xFF5E
_HYPHENS = ("\u2010", "\u2011")


def narrowed(text: str) -> str:
    """The text with wide forms and hyphens in ASCII, character by character."""
    return "".join(map(_narrow, text))


def _narrow(character: str) -> str:
    if _FIRST_WIDE <= ord(character) <= _LAST_WIDE:
        return chr(ord(character) - _FIRST_WIDE + ord("!"))
    return "-" if character in _HYPHENS else character


def check_alphabets(names: Iterable[tuple[str, int]], *, whole: bool = True) -> None:
    """names: each with its index in the text. ToolError where one looks like Latin and is not.

    whole: whether they are whole names, so that one with letters of both alphabets is refused.
    """
    rows = list(names)
    known = {name for name, _ in rows}
    for name, start in rows:
        latin = name.translate(_LATIN)
        if latin != name and (latin in known or (whole and _is_mixed(name, latin))):
            raise ToolError(
                f"{name!r} at position {start + 1} has Cyrillic letters that look like Latin ones. "
                f"Write {latin} in Latin letters."
            )


def _is_mixed(name: str, latin: str) -> bool:
    """Whether it has Latin letters too, and would be a Latin name but for those that look so."""
    return latin.isascii() and any(letter.isascii() and letter.isalpha() for letter in name)
