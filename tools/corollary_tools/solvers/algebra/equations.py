"""What a call of `solve` asks: relations as sympy expressions, and the unknowns in order.

Guarantees that every unknown asked for stands in the equations. Does not solve.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from corollary_tools.errors import ToolError
from corollary_tools.expression import Numbers, build_expression, symbol
from corollary_tools.expressions.syntax import parse_chain
from corollary_tools.expressions.tree import Relation, names_in
from corollary_tools.notation import plain_name

MOST_EQUATIONS = 40
_CONSTANTS = ("pi", "e")


@dataclass(frozen=True, slots=True)
class Condition:
    """`left operator right`, with operator one of = < <= > >= !=."""

    operator: str
    left: Any
    right: Any

    @property
    def difference(self) -> Any:
        """The left side minus the right side."""
        return self.left - self.right


@dataclass(frozen=True, slots=True)
class Question:
    """conditions: all to hold at once. asked: the unknowns to give. others: the other names."""

    conditions: tuple[Condition, ...]
    asked: tuple[Any, ...]
    others: tuple[Any, ...]

    @property
    def unknowns(self) -> tuple[Any, ...]:
        """What to solve for: also the other names, where there are equations enough for them."""
        return (*self.asked, *self.others) if len(self.conditions) > len(self.asked) else self.asked


def read_question(texts: list[str], unknowns: list[str], numbers: Numbers = "real") -> Question:
    """Read the equations. ToolError for bad text, for none, and for unknowns that are not there.

    Among complex numbers i is the imaginary unit, unless it is asked for.
    """
    wanted = tuple(dict.fromkeys(plain_name(name.strip()) for name in unknowns))
    relations = [r for text in texts for part in _parts(text) for r in parse_chain(part)]
    if not 0 < len(relations) <= MOST_EQUATIONS:
        raise ToolError(f"Send from 1 to {MOST_EQUATIONS} equations, such as 2*x + 1 = 5.")
    constants = _CONSTANTS if numbers == "real" else (*_CONSTANTS, "i")
    names = _names(relations, wanted, constants)
    if not names and not any(re.search("[=<>≤≥≠]|\\\\[lgn]e", text) for text in texts):
        raise ToolError("There is no unknown in that. Send an equation, such as x = 0.4 + 0.1.")
    _check_wanted(wanted, names)
    _check_products(names)
    return Question(
        conditions=tuple(_condition(row, frozenset(wanted), numbers) for row in relations),
        asked=tuple(symbol(name, numbers) for name in wanted or names),
        others=tuple(symbol(name, numbers) for name in names if wanted and name not in wanted),
    )


def _parts(text: str) -> list[str]:
    """Several equations in one text: by `;`, by lines, by commas where each part has a sign."""
    parts = [part for part in re.split(r"[;\n]|\\\\", text) if part.strip()]
    by_comma = [part for row in parts for part in re.split(r",(?!\d{3}(?!\d))|\band\b", row)]
    if len(by_comma) > len(parts) and all(re.search("[=<>≤≥≠]", part) for part in by_comma):
        return by_comma
    return parts


def _names(
    relations: Iterable[Relation], wanted: tuple[str, ...], constants: tuple[str, ...]
) -> tuple[str, ...]:
    sides = (side for relation in relations for side in (relation.left, relation.right))
    names = dict.fromkeys(name for side in sides for name in names_in(side))
    return tuple(name for name in names if name in wanted or name not in constants)


def _check_products(names: tuple[str, ...]) -> None:
    """Refuse xy beside x and y: it is one name, and a product was meant."""
    for name in names:
        if len(name) > 1 and name.isalpha() and set(name) <= set(names):
            raise ToolError(f"{name!r} is read as one name. Write {'*'.join(name)} for a product.")


def _check_wanted(wanted: tuple[str, ...], names: tuple[str, ...]) -> None:
    for name in wanted:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = (
                f"Did you mean {near[0]}?" if near else f"They have {', '.join(names) or 'none'}."
            )
            raise ToolError(f"The unknown {name!r} is not in the equations. {hint}")


def _condition(relation: Relation, unknowns: frozenset[str], numbers: Numbers) -> Condition:
    sides = (build_expression(side, unknowns, numbers) for side in (relation.left, relation.right))
    return Condition(relation.operator, *sides)
