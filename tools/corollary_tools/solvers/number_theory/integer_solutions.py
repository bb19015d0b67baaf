"""Conditions on whole numbers, solved: congruences, Diophantine equations, bounded search.

Tried in this order: a search, where all unknowns are bounded; congruences in one unknown; linear
equations; an equation of degree two or more in two unknowns, by sympy. Guarantees that listed
solutions are all there are, and a ToolError that asks for bounds where no method applies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import islice
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.tree import Apply, names_in
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.number_theory.congruences import (
    Residues,
    combined,
    linear_residues,
    tried_residues,
)
from corollary_tools.solvers.number_theory.lattices import Lattice, solve_linear
from corollary_tools.solvers.number_theory.whole_bounds import Interval, bounds_of
from corollary_tools.solvers.number_theory.whole_conditions import (
    Condition,
    plain_bound,
    read_conditions,
)
from corollary_tools.solvers.number_theory.whole_polynomials import (
    cleared,
    degree,
    difference,
    render_linear,
)
from corollary_tools.solvers.number_theory.whole_search import (
    MOST_STEPS,
    Box,
    Numbers,
    compile_condition,
    search,
)
from corollary_tools.solvers.result import Result

_MOST_SHOWN = 20
_PARAMETERS = "tuvwabcd"


def solve_integers(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find the whole numbers that satisfy all `conditions`, or what `want` asks about them."""
    conditions = read_conditions(arguments["conditions"])
    names = tuple(dict.fromkeys(name for c in conditions for name in c.names))
    if not conditions:
        raise ToolError("conditions is empty. Send a relation, such as 3x + 5y = 1.")
    if not names:
        return Result(str(all(compile_condition(c)({}) for c in conditions)))
    want = arguments["want"]
    bounds = bounds_of(names, conditions)
    if any(low > high for low, high in bounds.values()):
        return Result(_listed([], names, want))
    if len(names) == 1 and want == "count" and _size(bounds[names[0]]) > MOST_STEPS:
        return Result(str(_counted(names[0], bounds[names[0]], conditions)))
    if all(_finite(interval) for interval in bounds.values()):
        return Result(checked_length(_listed(_searched(names, bounds, conditions), names, want)))
    if len(names) == 1:
        return Result(checked_length(_periodic(names[0], bounds[names[0]], conditions, want)))
    return Result(checked_length(_unbounded(names, bounds, conditions, want)))


def _finite(interval: Interval) -> bool:
    return not any(isinstance(end, float) for end in interval)


def _size(interval: Interval) -> int:
    return int(interval[1] - interval[0]) + 1 if _finite(interval) else 0


def _counted(name: str, bounds: Interval, conditions: list[Condition]) -> int:
    """How many numbers of a long range have the right residues."""
    values, modulus = _common_residues(name, conditions)
    low, high = int(bounds[0]), int(bounds[1])
    return sum((high - value) // modulus - (low - 1 - value) // modulus for value in values)


def _common_residues(name: str, conditions: list[Condition]) -> Residues:
    residues: Residues = ((0,), 1)
    for condition in conditions:
        if plain_bound(condition) is None:
            residues = combined(residues, _residues(condition, name))
    return residues


def _searched(
    names: tuple[str, ...], bounds: dict[str, Interval], conditions: list[Condition]
) -> list[Numbers]:
    """Every solution, ascending; the unknowns with the longest ranges come from the others."""
    rows = sorted(
        ((name, int(bounds[name][0]), int(bounds[name][1])) for name in names),
        key=lambda row: row[2] - row[1],
    )
    found = search(Box(tuple(rows)), conditions)
    return sorted(found, key=lambda numbers: [numbers[name] for name in names])


def _listed(solutions: list[Numbers], names: tuple[str, ...], want: str) -> str:
    """The text for a finite list of solutions, which are in ascending order."""
    if want == "count":
        return str(len(solutions))
    if not solutions:
        return "no solution"
    if want == "sum":
        if len(names) > 1:
            raise ToolError("want='sum' is for one unknown. Ask for all of them.")
        return str(sum(row[names[0]] for row in solutions))
    if want in ("least", "greatest"):
        return _row(solutions[0 if want == "least" else -1], names)
    if len(names) == 1:
        values = ", ".join(str(row[names[0]]) for row in solutions[:_MOST_SHOWN])
        return f"{names[0]} = {values}{_more(solutions)}"
    return " or ".join(_row(row, names) for row in solutions[:_MOST_SHOWN]) + _more(solutions)


def _row(row: Numbers, names: Iterable[str]) -> str:
    return ", ".join(f"{name} = {row[name]}" for name in names)


def _more(solutions: list[Numbers]) -> str:
    return f" ... ({len(solutions)} solutions)" if len(solutions) > _MOST_SHOWN else ""


def _periodic(name: str, bounds: Interval, conditions: list[Condition], want: str) -> str:
    """One unknown without bounds on both sides: what holds for a residue holds for all of it."""
    residues = _common_residues(name, conditions)
    values, modulus = residues
    if not values:
        return "0" if want == "count" else "no solution"
    low, high = bounds
    if want in ("least", "greatest"):
        return f"{name} = {_extreme(residues, low, high, want)}"
    if want != "all":
        raise ToolError(f"There are infinitely many. Send bounds, such as 1 <= {name} <= 1000.")
    shown = " or ".join(map(str, values[:_MOST_SHOWN]))
    more = f" ... ({len(values)} residues)" if len(values) > _MOST_SHOWN else ""
    text = f"{name} = {shown}{more} mod {modulus}" if modulus > 1 else f"every whole {name}"
    return text + _half_bound(name, low, high)


def _half_bound(name: str, low: Any, high: Any) -> str:
    if not isinstance(low, float):
        return f" with {name} >= {low}"
    return f" with {name} <= {high}" if not isinstance(high, float) else ""


def _extreme(residues: Residues, low: Any, high: Any, want: str) -> int:
    values, modulus = residues
    end = low if want == "least" else high
    if isinstance(end, float):
        sign = ">" if want == "least" else "<"
        raise ToolError(
            f"There is no {want} solution without a bound. Add x {sign} 0, for instance."
        )
    if want == "least":
        return min(int(end) + (value - int(end)) % modulus for value in values)
    return max(int(end) - (int(end) - value) % modulus for value in values)


def _residues(condition: Condition, name: str) -> Residues:
    """The residues that satisfy a condition which depends on the unknown modulo something."""
    modulus = condition.modulus or _period(condition)
    if modulus == 0:
        raise _needs_bounds((name,))
    polynomial = difference(condition.left, condition.right) if condition.modulus else None
    if polynomial is not None:
        found = linear_residues(polynomial, name, modulus)
        if found is not None:
            return found
    test = compile_condition(condition)
    return tried_residues(lambda value: test({name: value}), modulus)


def _period(condition: Condition) -> int:
    """The modulus in `p(x) mod m = r`, for p with whole coefficients; 0 for anything else."""
    left, right = condition.left, condition.right
    if not isinstance(left, Apply) or left.function != "mod" or names_in(right):
        return 0
    inner = difference(left.arguments[0], left.arguments[1])
    if names_in(left.arguments[1]) or inner is None:
        return 0
    modulus = difference(left.arguments[1], Apply("add", ()))
    if modulus is None or any(factor.denominator != 1 for factor in inner.values()):
        return 0
    value = modulus.get((), Fraction(0))
    return abs(value.numerator) if value.denominator == 1 else 0


def _unbounded(
    names: tuple[str, ...], bounds: dict[str, Interval], conditions: list[Condition], want: str
) -> str:
    """Several unknowns, not all of them bounded."""
    equations = [c for c in conditions if c.operator == "=" and not c.modulus]
    others = [c for c in conditions if c not in equations]
    rows = [difference(c.left, c.right) for c in equations]
    known = [cleared(row) for row in rows if row is not None]
    if equations and len(known) == len(rows) and max(map(degree, known)) <= 1:
        matrix = [_whole_row(row, names) for row in known]
        lattice = solve_linear([row for row in matrix if row], len(names))
        return _family(lattice, names, others, want) if lattice else _listed([], names, want)
    if len(equations) == 1 and len(known) == 1 and len(names) == 2:
        from corollary_tools.solvers.number_theory.curves import (
            whole_points,  # sympy, where it is needed
        )

        with library_limits("solve this in whole numbers"):
            found = whole_points(known[0], names)
        if isinstance(found, str):
            return _unsolved(found, others, want)
        tests = [compile_condition(c) for c in conditions]
        points = [point for point in found if all(test(point) for test in tests)]
        return _listed(points, names, want)
    raise _needs_bounds(tuple(name for name in names if not _finite(bounds[name])))


def _whole_row(row: dict[Any, Fraction], names: tuple[str, ...]) -> tuple[list[int], int]:
    scale = math.lcm(*(factor.denominator for factor in row.values()), 1)
    factors = [int(row.get(((name, 1),), 0) * scale) for name in names]
    return factors, int(-row.get((), Fraction(0)) * scale)


def _family(lattice: Lattice, names: tuple[str, ...], others: list[Condition], want: str) -> str:
    """x = 2 + 5*t, y = -1 - 3*t (t any whole number)"""
    if others or want != "all":
        raise ToolError(
            f"There are infinitely many, in {len(names)} unknowns. Send bounds for "
            f"{' and '.join(names)}, such as 0 <= {names[0]} <= 1000."
        )
    letters = [
        letter for letter in (*_PARAMETERS, *(f"t{n}" for n in range(99))) if letter not in names
    ]
    used = list(islice(letters, len(lattice.directions)))
    parts = []
    for place, name in enumerate(names):
        factors = [(one, d[place]) for one, d in zip(used, lattice.directions, strict=True)]
        parts.append(f"{name} = {render_linear(lattice.start[place], factors)}")
    text = ", ".join(parts)
    if not used:
        return text
    return f"{text} ({', '.join(used)} any whole number{'s' if len(used) > 1 else ''})"


def _unsolved(text: str, others: list[Condition], want: str) -> str:
    if others or want != "all":
        raise ToolError(f"There are infinitely many: {text}. Send bounds for the unknowns.")
    return text


def _needs_bounds(names: tuple[str, ...]) -> ToolError:
    return ToolError(
        f"No bounds are known for {' and '.join(names)}. "
        f"Send some, such as 0 <= {names[0]} <= 1000."
    )
