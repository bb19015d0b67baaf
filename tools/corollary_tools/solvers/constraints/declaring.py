"""Declaring unknowns and recording options at a desk, inside a worker. Calls no solver.

Guarantees names and values that a formula would read as one name each, that no word is both, and
no more names that differ than there are values.
"""

from __future__ import annotations

import re
from typing import Any

from corollary_tools.desk import Desk, Variables
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.formulas.tree import Atom
from corollary_tools.solvers.logic.domains import build_domains
from corollary_tools.solvers.logic.reading_desk import (
    after_statement,
    check_fits,
    first_unrecorded,
    option_letters,
)
from corollary_tools.solvers.logic.sorts import Labelled
from corollary_tools.solvers.result import Result

MAX_NAMES = 200
MAX_TOLD = 200


def declare(arguments: dict[str, Any], desk: Desk) -> Result:
    """Put unknowns on the desk; it reads the first statement that is not recorded yet."""
    variables = checked_variables(arguments)
    number = first_unrecorded(desk)
    declared = desk.declare(variables)
    _check_clash(declared)
    if number is None:
        names = [name for group in build_domains((variables,)).groups for name in group.names]
        more = [f"and {len(names) - MAX_TOLD} more"] if len(names) > MAX_TOLD else []
        return Result(f"Declared {', '.join([*names[:MAX_TOLD], *more])}.", declared)
    return Result(after_statement(number, desk), declared.record(number, "true"))


def option(arguments: dict[str, Any], desk: Desk) -> Result:
    """Record the formula of an option; hand over the next option."""
    letter = arguments["letter"].strip().strip("()").upper()
    letters = option_letters(desk)
    if letters and letter not in letters:
        raise ToolError(f"There is no option {letter}. Send a letter from A to {letters[-1]}.")
    if len(letter) != 1 or not "A" <= letter <= "Z":
        raise ToolError(f"{letter!r} is no letter of an option. Send one letter, such as A.")
    labelled = Labelled(letter, parse_formula(arguments["formula"]))
    check_fits(labelled, desk)
    recorded = desk.choose(letter, render_formula(labelled.formula))
    return Result(desk.option(ord(letter) - ord("A") + 1), recorded)


def checked_variables(arguments: dict[str, Any]) -> Variables:
    """The declaration in the call. Raises ToolError: names or values that cannot be."""
    names = tuple(dict.fromkeys(_word(name) for name in arguments["names"]))
    if not 1 <= len(names) <= MAX_NAMES:
        raise ToolError(f"Send from 1 to {MAX_NAMES} names.")
    values = tuple(value.strip() for value in arguments.get("values") or ())
    of = tuple(text.strip() for text in arguments.get("of") or ())
    distinct = bool(arguments.get("distinct"))
    variables = Variables(names=names, values=values, distinct=distinct, of=of)
    _check_room(variables)
    return variables


def _word(text: str) -> str:
    """The text, if a formula would read it as one name. Raises ToolError with one that it would."""
    word = text.strip()
    try:
        if parse_formula(word) == Atom(word):
            return word
    except ToolError:
        pass
    plain = "_".join(re.findall(r"\w+", word)) or "blue_book"
    plain = f"{plain}_1" if plain == word else plain
    raise ToolError(f"{word[:60]!r} is no plain name. Send one without spaces and signs: {plain}.")


def _check_room(variables: Variables) -> None:
    domains = build_domains((variables,))
    things = {thing for places in domains.functions.values() for row in places for thing in row}
    for word in (*domains.words, *sorted(things)):
        if not word.lstrip("-").isdigit():
            _word(word)
    (group,) = domains.groups
    values = len(group.numbers) or 2
    if variables.distinct and not group.any and len(group.names) > values:
        raise ToolError(
            f"{len(group.names)} names cannot all differ with {values} values. "
            "Send more values, or distinct=false."
        )


def _check_clash(desk: Desk) -> None:
    domains = build_domains(desk.variables)
    both = {name for group in domains.groups for name in group.names} & set(domains.words)
    if both:
        raise ToolError(f"{min(both)} is both a name and a value. Send another word for one.")
