"""Forms of an expression: the shortest one, and when a sum is too large to multiply out.

Guarantees that every form equals the expression wherever that is defined, and that nothing is
multiplied out beyond a bound, so that no rewriting blows up. Does not read or write text.
"""

from __future__ import annotations

import math
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import render_expression

_MOST_TERMS = 1000  # of a product or power that is still multiplied out
_MOST_OPERATIONS = 400  # of an expression that is still simplified
_HIGHEST_WAVE = 60  # power of a sine and a cosine in one sum that is still factored


def shortest_form(value: Any) -> Any:
    """The form with the shortest text among some that simplification finds."""
    return min(_forms(value), key=lambda form: len(render_expression(form)))


def _forms(value: Any) -> list[Any]:
    if not is_expandable(value) or sympy.count_ops(value) > _MOST_OPERATIONS:
        return [value]
    common = sympy.factor_terms(value)
    if _has_high_waves(common):
        return [value, common, sympy.cancel(value), sympy.expand(value)]
    rewrites = (sympy.simplify, sympy.factor, sympy.cancel, sympy.expand)
    return [value, *(rewrite(value) for rewrite in rewrites)]


def _has_high_waves(value: Any) -> bool:
    """Whether a sum has powers of sines and cosines that take too long to be factored."""
    return any(_highest_wave(total) > _HIGHEST_WAVE for total in value.atoms(sympy.Add))


def _highest_wave(total: Any) -> int:
    """The least of the highest powers of a sine and of a cosine, 0 where one of them is not in."""
    powers: dict[Any, int] = {sympy.sin: 0, sympy.cos: 0}
    for power in total.atoms(sympy.Pow):
        if power.exp.is_Integer and power.base.func in powers:
            powers[power.base.func] = max(powers[power.base.func], int(power.exp))
    return min(powers.values())


def is_expandable(value: Any) -> bool:
    """Whether the expression can be multiplied out within the bound."""
    return _terms(value) <= _MOST_TERMS


def check_expandable(value: Any) -> None:
    """ToolError where multiplying out would make too many terms."""
    if not is_expandable(value):
        raise ToolError(
            f"Multiplied out this has more than {_MOST_TERMS} terms. Send a smaller expression."
        )


def _terms(value: Any) -> int:
    """At least as many terms as the expression has when it is multiplied out."""
    if value.is_Add:
        return sum(_terms(term) for term in value.args)
    if value.is_Mul:
        return math.prod(_terms(factor) for factor in value.args)
    if value.is_Pow and value.exp.is_Integer:
        return _terms_of_power(_terms(value.base), abs(int(value.exp)))
    return max((_terms(argument) for argument in value.args), default=1)


def _terms_of_power(terms: int, exponent: int) -> int:
    if terms == 1:
        return 1
    return math.comb(min(terms, _MOST_TERMS) + exponent - 1, exponent)
