"""Expression trees in unicode: powers as raised digits, roots with their sign, few brackets.

Guarantees a text that `syntax` reads, or None where a tree has none (a number that is no
terminating decimal); that it reads as the same tree is checked by `display`. Does not parse.
"""

from __future__ import annotations

from fractions import Fraction

from corollary_tools.expressions.tree import Apply, Name, Number, Tree
from corollary_tools.notation import plain_name

_SUM, _PRODUCT, _SIGNED, _POWER, _POSTFIX, _ATOM = range(6)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
GREEK = {plain_name(sign): sign for sign in "αβγδεζηθικλμνξπρστυφχψω"}
_ROOTS = {"sqrt": "√", "cbrt": "∛"}
_SIGNS = {"mod": " mod ", "quotient": " // "}
_LONGEST = 400


def unified(tree: Tree) -> Tree:
    """The tree with one form for `a/b` and `\\frac{a}{b}`, and a product in front laid open."""
    if not isinstance(tree, Apply):
        return tree
    parts = tuple(unified(part) for part in tree.arguments)
    if tree.function == "div":
        parts = (parts[0], Apply("inverse", (parts[1],)))
    if tree.function not in ("mul", "div"):
        return Apply(tree.function, parts)
    first = parts[0]
    opened = first.arguments if isinstance(first, Apply) and first.function == "mul" else (first,)
    return Apply("mul", (*opened, *parts[1:]))


class Unshowable(Exception):
    """The tree has no exact text."""


def show_side(tree: Tree) -> str | None:
    """The tree as one line; None where it has no exact text."""
    try:
        text = _shown(tree, _SUM)
    except Unshowable:
        return None
    return text if len(text) <= _LONGEST else None


def _shown(tree: Tree, place: int) -> str:
    """place: how tightly what stands around the tree binds."""
    text, own = _written(tree)
    return f"({text})" if own < place else text


def _written(tree: Tree) -> tuple[str, int]:
    match tree:
        case Number(value):
            return _number(value)
        case Name(name):
            return _name(name), _ATOM
        case Apply("add", terms):
            return _sum(terms), _SUM
        case Apply("mul", factors):
            return _product(factors), _PRODUCT
        case Apply("neg", (operand,)):
            return f"-{_shown(operand, _POWER)}", _SIGNED
        case Apply("div", (left, right)):
            return _product((left, Apply("inverse", (right,)))), _PRODUCT
        case Apply("pow", (base, exponent)):
            return _power(base, exponent), _POWER
        case Apply("factorial" | "percent" as sign, (operand,)):
            return _shown(operand, _POSTFIX) + ("!" if sign == "factorial" else "%"), _POSTFIX
        case Apply("mod" | "quotient" as word, (left, right)):
            return f"{_shown(left, _PRODUCT)}{_SIGNS[word]}{_shown(right, _POWER)}", _PRODUCT
        case Apply(function, arguments):
            return _call(function, arguments), _ATOM


def _number(value: Fraction) -> tuple[str, int]:
    digits = 0
    while (value * 10**digits).denominator > 1:
        digits += 1
        if digits > 30:
            raise Unshowable
    whole = str(abs(int(value * 10**digits))).rjust(digits + 1, "0")
    text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
    return text, _ATOM


def _name(name: str) -> str:
    if name in GREEK:
        return GREEK[name]
    head, digits = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
    return head + digits.translate(_LOWERED) if len(head) == 1 else name


def _sum(terms: tuple[Tree, ...]) -> str:
    text = _shown(terms[0], _PRODUCT)
    for term in terms[1:]:
        negative = isinstance(term, Apply) and term.function == "neg"
        part = term.arguments[0] if negative and isinstance(term, Apply) else term
        text += f" {'-' if negative else '+'} {_shown(part, _PRODUCT)}"
    return text


def _product(factors: tuple[Tree, ...]) -> str:
    text = _shown(factors[0], _PRODUCT if _is_fraction(factors[0]) else _SIGNED)
    for index, factor in enumerate(factors[1:], 1):
        if isinstance(factor, Apply) and factor.function == "inverse":
            text += f"/{_shown(factor.arguments[0], _POWER)}"
        else:
            part = _shown(factor, _POWER)
            text += part if index == 1 and _stands_by(factors[0], part) else f"·{part}"
    return text


def _is_fraction(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.function == "div"


def _stands_by(first: Tree, part: str) -> bool:
    """Whether a number may stand right before this factor: 2x, 3(x + 1), 2√3; never 2e or 2·3."""
    return isinstance(first, Number) and (part[0].isalpha() or part[0] in "(√∛") and part[0] != "e"


def _power(base: Tree, exponent: Tree) -> str:
    inner = _shown(base, _POSTFIX)
    if isinstance(base, Apply) and base.function in (*_ROOTS, "abs"):
        inner = f"({inner})"
    whole = _whole(exponent)
    if whole is not None:
        return inner + str(whole).translate(_RAISED)
    return f"{inner}^{_shown(exponent, _POWER)}"


def _whole(tree: Tree) -> int | None:
    if isinstance(tree, Apply) and tree.function == "neg":
        below = _whole(tree.arguments[0])
        return -below if below is not None and below > 0 else None
    if isinstance(tree, Number) and tree.value.denominator == 1:
        return tree.value.numerator
    return None


def _call(function: str, arguments: tuple[Tree, ...]) -> str:
    inside = ", ".join(_shown(argument, _SUM) for argument in arguments)
    if function in _ROOTS and len(arguments) == 1:
        bare = isinstance(arguments[0], Number | Name)
        return _ROOTS[function] + (inside if bare else f"({inside})")
    if function == "abs" and "|" not in inside:
        return f"|{inside}|"
    return f"{function}({inside})"
