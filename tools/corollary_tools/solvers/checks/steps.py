"""Does a line of equations or inequalities follow from others, over the real numbers?

Guarantees that True was proved, by z3 where everything is algebraic, else by sympy for a
consequence of one equation; and that the counter-example of a False was put back. A line that
stands alone must hold wherever it is defined; one with premises must be defined where they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from corollary_tools.expression import build_expression, render_expression, symbol
from corollary_tools.expressions.rational import render_number
from corollary_tools.expressions.tree import Relation
from corollary_tools.solvers.answers.certifying import relation_holds
from corollary_tools.solvers.answers.comparison import compare
from corollary_tools.solvers.answers.real_relations import NotAlgebraic, RealRelations, Row
from corollary_tools.solvers.checks.relation_rows import read_rows
from corollary_tools.solvers.number_text import about
from corollary_tools.solvers.result import Result

_UNKNOWN = "Unknown (no proof and no counter-example was found)"
_MOST_DROPPED = 12  # premises; with more, all are named


def check_relation_step(step: str, premises: Sequence[str]) -> Result:
    """Say whether the line `step` follows from the lines `premises`."""
    rows, lines = read_rows(step), [read_rows(text) for text in premises]
    try:
        found = _by_z3(rows, lines)
    except NotAlgebraic:
        found = None
    text = found or _by_sympy(rows, lines) or _UNKNOWN
    return Result(text, certificate={"kind": "step", "value": verdict_word(text)})


def verdict_word(text: str) -> str:
    """What a check says: True, False, Unknown, or Contradiction where the premises clash."""
    word = text.split()[0]
    return word if word in ("True", "False", "Unknown") else "Contradiction"


def _by_z3(rows: tuple[Row, ...], lines: list[tuple[Row, ...]]) -> str | None:
    """The verdict; None where the solver gave up."""
    reals = RealRelations()
    facts = [reals.rows(line) for line in lines]
    if not lines:
        return _alone(reals, rows)
    step = reals.rows(rows)
    verdict, values = reals.check(*facts, reals.negation(step))
    if verdict == "sat":
        return _counter_example(values, rows, lines)
    if verdict == "unknown":
        return None
    consistent = reals.check(*facts)[0]
    uses = _uses(reals, facts, reals.negation(step) if consistent != "unsat" else None)
    numbers = ", ".join(map(str, uses))
    if consistent == "unsat":
        return f"The premises contradict each other ({numbers})."
    return f"True (from {numbers})" if uses else "True (it always holds)"


def _alone(reals: RealRelations, rows: tuple[Row, ...]) -> str | None:
    """A line without premises: it must hold wherever it is defined."""
    defined, holds = [], []
    for row in rows:
        pairs = [reals.relation(relation) for relation in row]
        defined += [fact for _, fact in pairs]
        holds.append(reals.all_of([fact for fact, _ in pairs]))
    verdict, values = reals.check(*defined, *(reals.negation(fact) for fact in holds))
    if verdict == "unsat":
        return "True (it always holds)" if reals.check(*defined)[0] == "sat" else None
    return _counter_example(values, rows, []) if verdict == "sat" else None


def _uses(reals: RealRelations, facts: list[Any], goal: Any) -> list[int]:
    """The numbers of premises that are needed, none of which can be left out."""
    needed = list(range(len(facts)))
    goals = [] if goal is None else [goal]
    for index in reversed(needed[:]) if len(facts) <= _MOST_DROPPED else ():
        rest = [facts[other] for other in needed if other != index]
        if reals.check(*rest, *goals)[0] == "unsat":
            needed.remove(index)
    return [index + 1 for index in needed]


def _counter_example(
    values: dict[str, Any], rows: tuple[Row, ...], lines: list[tuple[Row, ...]]
) -> str | None:
    """The text of a False; None where putting the values back does not bear it out."""
    exact = {name: _fraction(value) for name, value in values.items()}
    shown = ", ".join(f"{name} = {_shown(value)}" for name, value in sorted(values.items()))
    if None not in exact.values():
        point = {
            symbol(n): sympy.Rational(v.numerator, v.denominator)
            for n, v in exact.items()
            if v is not None
        }
        if _holds_at(rows, point) is not False or any(not _holds_at(line, point) for line in lines):
            return None
    return f"False (not for {shown})" if shown else "False (it does not hold)"


def _fraction(value: Any) -> Fraction | None:
    return value.as_fraction() if hasattr(value, "as_fraction") else None


def _shown(value: Any) -> str:
    exact = _fraction(value)
    if exact is not None:
        return render_number(exact)
    return f"about {about(value.approx(12).as_fraction())}"


def _holds_at(rows: tuple[Row, ...], point: dict[Any, Any]) -> bool | None:
    """Whether one of the rows holds at a point; None where that is not decided."""
    found = [[_relation_at(relation, point) for relation in row] for row in rows]
    verdicts = [False if False in row else None if None in row else True for row in found]
    return True if True in verdicts else None if None in verdicts else False


def _relation_at(relation: Relation, point: dict[Any, Any]) -> bool | None:
    sides = [build_expression(side) for side in (relation.left, relation.right)]
    left, right = (side.subs(point, simultaneous=True) for side in sides)
    if any(side.is_number and side.is_real is False for side in (left, right)):
        return False
    return relation_holds(relation.operator, left, right)


def _by_sympy(rows: tuple[Row, ...], lines: list[tuple[Row, ...]]) -> str | None:
    """What is not algebraic: an identity, a rewritten premise, or the roots of one equation."""
    step = rows[0][0] if len(rows) == len(rows[0]) == 1 else None
    if not lines:
        return _identity(step) if step is not None else _plain(rows)
    for number, line in enumerate(lines, start=1):
        if step is not None and len(line) == len(line[0]) == 1 and _same(line[0][0], step):
            return f"True (from {number})"
    return _by_roots(rows, lines)


def _identity(step: Relation) -> str | None:
    if step.operator != "=":
        return _plain(((step,),))
    found = compare(build_expression(step.left), build_expression(step.right))
    if found.value is None:
        return None
    return "True (it always holds)" if found.value else f"False ({found.reason})"


def _plain(rows: tuple[Row, ...]) -> str | None:
    """A line without unknowns, such as pi > 3."""
    sides = [side for row in rows for r in row for side in (r.left, r.right)]
    if any(build_expression(side).free_symbols for side in sides):
        return None
    verdict = _holds_at(rows, {})
    if verdict is None:
        return None
    return "True (it always holds)" if verdict else "False (it does not hold)"


def _same(premise: Relation, step: Relation) -> bool:
    """Whether the step is the premise rewritten: the differences have a constant ratio."""
    if premise.operator != "=" or step.operator != "=":
        return False
    one, other = (build_expression(r.left) - build_expression(r.right) for r in (premise, step))
    if one == 0 or other == 0:
        return False
    ratio = sympy.simplify(one / other)
    return bool(ratio.is_number and ratio != 0)


def _by_roots(rows: tuple[Row, ...], lines: list[tuple[Row, ...]]) -> str | None:
    """All real roots of one equation in one unknown, where sympy has them all."""
    for number, line in enumerate(lines, start=1):
        roots = _roots(line)
        if roots is None:
            continue
        name, values, complete = roots
        points = [{name: value} for value in values]
        kept = [p for p in points if all(_holds_at(other, p) for other in lines)]
        verdicts = [_holds_at(rows, point) for point in kept]
        if False in verdicts:
            value = kept[verdicts.index(False)][name]
            return f"False (not for {name.name} = {render_expression(value)})"
        if complete and len(lines) == 1 and verdicts and all(verdicts):
            return f"True (from {number})"
    return None


def _roots(line: tuple[Row, ...]) -> tuple[Any, list[Any], bool] | None:
    """The unknown, real roots, and whether these are all."""
    if len(line) != 1 or len(line[0]) != 1 or line[0][0].operator != "=":
        return None
    left, right = (build_expression(side) for side in (line[0][0].left, line[0][0].right))
    difference = left - right
    if len(difference.free_symbols) != 1:
        return None
    (name,) = difference.free_symbols
    found = sympy.solveset(difference, name, sympy.S.Reals)
    if isinstance(found, sympy.FiniteSet):
        return name, list(found), True
    families = found.args if isinstance(found, sympy.Union) else (found,)
    return name, [root for family in families for root in _some(family)], False


def _some(family: Any) -> list[Any]:
    """A few members of a family of roots, such as pi/2 + 2*n*pi."""
    if isinstance(family, sympy.FiniteSet):
        return list(family)
    if isinstance(family, sympy.ImageSet) and family.base_sets == (sympy.S.Integers,):
        return [sympy.expand(family.lamda(whole)) for whole in (0, 1, -1, 2)]
    return []
