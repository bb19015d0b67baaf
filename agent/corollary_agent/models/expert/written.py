"""Formulas as text while a reader builds them: minimal brackets, as the tools render them.

Guarantees the canonical rendering for what it is given: `~` binds closest, then `&`, `xor`, `|`,
`->`, `<->`. Does not parse.
"""

from __future__ import annotations

from dataclasses import dataclass

_LEVELS = {"<->": 1, "->": 2, "|": 3, "xor": 4, "&": 5}
_ATOM = 7


@dataclass(frozen=True, slots=True)
class Written:
    """A formula's text and how closely its outermost operator binds."""

    text: str
    level: int = _ATOM

    def bracketed(self, level: int) -> str:
        """The text, in brackets where it binds less closely than `level`."""
        return self.text if self.level >= level else f"({self.text})"


def negate(part: Written) -> Written:
    """`~part`; a negation is taken off instead of doubled."""
    if part.level == _ATOM - 1 and not part.text.startswith("~("):
        return Written(part.text[1:])
    return Written("~" + part.bracketed(_ATOM), _ATOM - 1)


def join(operator: str, parts: list[Written]) -> Written:
    """The parts in order with one operator between them; a single part stays as it is."""
    if len(parts) == 1:
        return parts[0]
    level = _LEVELS[operator]
    left = parts[0].bracketed(level + 1 if operator == "->" else level)
    rest = [
        part.bracketed(level + 1 if operator in ("<->", "xor") else level) for part in parts[1:]
    ]
    return Written(f" {operator} ".join([left, *rest]), level)


def quantify(word: str, variable: str, body: Written) -> Written:
    """`forall x. body` or `exists x. body`; the scope reaches to the end."""
    return Written(f"{word} {variable}. {body.text}", 0)
