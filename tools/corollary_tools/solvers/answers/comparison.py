"""Whether two expressions are the same function, in a worker: refuted by numbers, proved by sympy.

Guarantees that False comes with a point where the sides differ by far more than any rounding, and
True with a symbolic proof; where neither is found the answer is None. Expressions are compared
where both are defined and real: x/x equals 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from corollary_tools.expression import parse_sides, render_expression, symbol
from corollary_tools.expressions.rational import read_number
from corollary_tools.expressions.rounding import agrees
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Relation
from corollary_tools.solvers.answers.real_relations import NotAlgebraic, RealRelations
from corollary_tools.solvers.constants import approximate
from corollary_tools.solvers.forms import is_expandable
from corollary_tools.solvers.number_text import about

_DIGITS = 30
_LONGEST_POINT = 200  # characters of a point that is told
_LONGEST = 40  # characters of a number in a reason
_FAR = sympy.Rational(1, 10**15)  # relative difference that refutes equality
_STARTS = (2, 1, -1, 3, Fraction(1, 2), -2, Fraction(7, 3), 11, Fraction(-5, 7), Fraction(3, 10))


_GREEK = (
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|"
    "chi|psi|omega|pi"
)
_LOG = re.compile(r"\blog(?![\w])")
_JOINED = re.compile(rf"(?<![\\\w])(?!(?:{_GREEK}|mod|of|sqrt)\b)[a-zA-Z]{{2,4}}(?![\w(])")


@dataclass(frozen=True, slots=True)
class Comparison:
    """value: True, False or None where it could not be decided; reason: why."""

    value: bool | None
    reason: str


def compare_values(left: str, right: str) -> Comparison:
    """Compare two answers that are one value each; where they have an `i`, it may be imaginary."""
    known, given = read_number(left), read_number(right)
    if known is not None and given is not None:
        same = agrees(left, known, given)
        return Comparison(same, "the same number" if same else "another number")
    found = compare_texts(left, right)
    if found.value:
        return found
    if left.casefold() == right.casefold():
        return Comparison(None, "they differ only in capitals")
    tens = [_LOG.sub("log10", text) for text in (left, right)]
    if tens != [left, right] and compare_texts(*tens).value:
        return Comparison(None, "the same where log is to base 10")
    return _complex(left, right) or _by_letters(left, right) or found


def _by_letters(left: str, right: str) -> Comparison | None:
    """With `ab` read as a*b, as in print; None where that makes no difference."""
    texts = [_JOINED.sub(lambda match: "*".join(match[0]), text) for text in (left, right)]
    if texts == [left, right]:
        return None
    found = compare_texts(*texts)
    return found if found.value else Comparison(None, "names that may be products of letters")


def _complex(left: str, right: str) -> Comparison | None:
    """Both texts with i as the imaginary unit; None where no other name is i alone."""
    one, other = parse_sides(left), parse_sides(right)
    names = set().union(*(side.free_symbols for side in (*one[1:], *other[1:])))
    if names != {symbol("i")}:
        return None
    difference = sympy.expand((one[1] - other[1]).subs(symbol("i"), sympy.I), complex=True)
    value = sympy.simplify(difference)
    if value == 0:
        return Comparison(True, "the same complex number")
    near = value.evalf(_DIGITS)
    return Comparison(False, "another complex number") if abs(near) > _FAR else None


def compare_texts(left: str, right: str) -> Comparison:
    """Compare two expressions, two equations, or an expression with `name = expression`."""
    one, other = parse_sides(left), parse_sides(right)
    if one[0] == other[0] == "=" and one[1] != other[1]:
        return _compare_equations(one[1] - one[2], other[1] - other[2])
    known, given = _expression(one), _expression(other)
    if known is None or given is None:
        return Comparison(None, "only two expressions or two equations can be compared")
    found = _rounded(left, known, given) or compare(known, given)
    return _proved(left, right) if found.value is None and "" == one[0] == other[0] else found


def _proved(left: str, right: str) -> Comparison:
    """By z3: that no real numbers tell two algebraic expressions apart."""
    apart = Relation("!=", parse_tree(left), parse_tree(right))
    reals = RealRelations()
    try:
        verdict = reals.check(reals.row((apart,)))[0]
    except NotAlgebraic:
        verdict = "unknown"
    if verdict == "unsat":
        return Comparison(True, "no real numbers tell them apart")
    return Comparison(None, "no point tells them apart and no proof was found")


def _expression(sides: tuple[str, Any, Any]) -> Any:
    """The expression in `2x` and in `y = 2x`; None for other relations."""
    operator, left, right = sides
    if operator == "":
        return left
    return right if operator == "=" and left.is_Symbol and not right.has(left) else None


def _rounded(text: str, known: Any, given: Any) -> Comparison | None:
    """A known decimal and a value that rounds to it, such as 3.14159 and pi."""
    if not (known.is_Rational and given.is_number) or given.is_Rational:
        return None
    exact = Fraction(int(known.p), int(known.q))
    if agrees(text, exact, approximate(given)):
        return Comparison(True, f"{render_expression(given)} rounds to {text}")
    return None


_SAME = Comparison(True, "the same expression")


_LOW_DEGREE, _HIGHEST_DEGREE = 30, 2000  # between them a polynomial is compared place by place


def compare(left: Any, right: Any) -> Comparison:
    """Compare two sympy expressions wherever both are defined and real."""
    difference = left - right
    if is_expandable(difference):
        difference = sympy.expand(difference)
    if difference == 0:
        return _SAME
    if difference.is_Rational:
        return Comparison(False, f"they differ by {_brief(difference)}")
    refuted = counter_example(left, right)
    if refuted is not None:
        return Comparison(False, refuted)
    if _is_zero_everywhere(difference) or _proved_zero(difference):
        return Comparison(True, "their difference simplifies to 0")
    return Comparison(None, "no point tells them apart and no proof was found")


def _brief(number: Any) -> str:
    """A rational number in full, or a decimal near it where that is long."""
    text = render_expression(number)
    if len(text) <= _LONGEST:
        return text
    return f"about {about(Fraction(int(number.p), int(number.q)))}"


def _is_zero_everywhere(difference: Any) -> bool:
    """Whether a polynomial in one name is 0 at more places than a polynomial of its degree can be.

    For high powers, which nothing multiplies out.
    """
    if len(difference.free_symbols) != 1:
        return False
    (name,) = difference.free_symbols
    degree = _degree(difference, name)
    if degree is None or not _LOW_DEGREE < degree <= _HIGHEST_DEGREE:
        return False
    return all(difference.subs(name, place) == 0 for place in range(-1, degree + 1))


def _degree(value: Any, name: Any) -> int | None:
    """At least the degree; None where it is no polynomial with rational coefficients."""
    if value.is_Rational:
        return 0
    if value == name:
        return 1
    if value.is_Pow and value.exp.is_Integer and value.exp > 0:
        base = _degree(value.base, name)
        return None if base is None else base * int(value.exp)
    if not (value.is_Add or value.is_Mul):
        return None
    degrees = [_degree(part, name) for part in value.args]
    known = [degree for degree in degrees if degree is not None]
    if len(known) != len(degrees):
        return None
    return max(known) if value.is_Add else sum(known)


def _proved_zero(difference: Any) -> bool:
    simplified = sympy.simplify(difference)
    if simplified == 0:
        return True
    return not simplified.free_symbols and bool(simplified.equals(0))


def counter_example(left: Any, right: Any) -> str | None:
    """Where the two differ, such as `at x = 2 they are 4 and 5`; None where no point was found."""
    names = sorted(left.free_symbols | right.free_symbols, key=lambda name: name.name)
    for point in _points(names):
        values = [_value_at(side, point) for side in (left, right)]
        if None not in values and _differ(*values):
            here = ", ".join(f"{name} = {value}" for name, value in point.items())
            shown = " and ".join(about(Fraction(str(value))) for value in values)
            where = here if len(here) <= _LONGEST_POINT else "one point"
            return f"at {where} they are {shown}" if names else f"they are {shown}"
    return None


def _points(names: list[Any]) -> Iterator[dict[Any, Any]]:
    if not names:
        yield {}
        return
    for start in range(len(_STARTS)):
        chosen = (_STARTS[(start + 3 * place) % len(_STARTS)] for place in range(len(names)))
        yield {
            name: sympy.Rational(Fraction(value).numerator, Fraction(value).denominator)
            for name, value in zip(names, chosen, strict=True)
        }


def _value_at(side: Any, point: dict[Any, Any]) -> Any:
    """The value there; None where it, or a part of it, is not real."""
    if any(_is_complex(part, point) for part in side.atoms(sympy.Pow, sympy.log)):
        return None
    value = side.subs(point).evalf(_DIGITS)
    return value if value.is_Float or value.is_Rational else None


def _is_complex(part: Any, point: dict[Any, Any]) -> bool:
    """Whether a root or logarithm of a negative number stands there."""
    if part.is_Pow and part.exp.is_Integer:
        return False
    return bool(part.args[0].subs(point).is_negative)


def _differ(left: Any, right: Any) -> bool:
    scale = max(1, abs(left), abs(right))
    return bool(abs(left - right) > _FAR * scale)


def _compare_equations(left: Any, right: Any) -> Comparison:
    """Two equations say the same where their differences have a constant ratio."""
    if left == 0 or right == 0:
        return Comparison(left == right, "an equation that always holds")
    ratio = sympy.simplify(left / right)
    if ratio.is_number and ratio != 0:
        return Comparison(True, "one equation is a multiple of the other")
    return Comparison(None, "the equations are not multiples of each other")
