"""Formulas as text: the one canonical rendering, with as few brackets as possible.

Guarantees `parse_formula(render_formula(f)) == f` for every formula that `parse_formula` gives.
Binding, tightest first: arithmetic, comparison, ~, &, xor, |, ->, <->; a quantifier reaches as
far right as it can.
"""

from __future__ import annotations

from corollary_tools.formulas.tree import (
    And,
    Apply,
    Arithmetic,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
    Xor,
)

POWER = {"<->": 10, "->": 20, "|": 30, "xor": 40, "&": 50, "~": 60}
COMPARE, ADD, MULTIPLY, MINUS = 70, 80, 90, 100


def render_formula(formula: Formula) -> str:
    """The formula in canonical notation."""
    return _formula(formula, 0, True)


def render_term(term: Term) -> str:
    """The term in canonical notation."""
    return _term(term, 0)


def _formula(formula: Formula, power: int, last: bool) -> str:
    """`power`: how tightly the place binds; `last`: nothing follows before a closing bracket."""
    match formula:
        case Truth(value):
            return "true" if value else "false"
        case Atom(predicate, arguments):
            return _call(predicate, arguments)
        case Comparison(operator, left, right):
            text = f"{_term(left, COMPARE)} {operator} {_term(right, COMPARE)}"
            return _bracketed(text, power >= POWER["~"])
        case Not(part):
            loose = isinstance(part, ForAll | Exists)
            return "~" + _bracketed(_formula(part, POWER["~"], True), loose)
        case ForAll(variables, body) | Exists(variables, body):
            word = "forall" if isinstance(formula, ForAll) else "exists"
            text = f"{word} {', '.join(variables)}. {_formula(body, 0, True)}"
            return _bracketed(text, not last)
        case _:
            return _joined(formula, power, last)


def _joined(formula: And | Or | Xor | Implies | Iff, power: int, last: bool) -> str:
    symbol, parts, bounds = _operands(formula)
    own = POWER[symbol]
    bracket = power >= own
    ends = [False] * (len(parts) - 1) + [last or bracket]
    texts = [_formula(p, bound, end) for p, bound, end in zip(parts, bounds, ends, strict=True)]
    return _bracketed(f" {symbol} ".join(texts), bracket)


def _operands(
    formula: And | Or | Xor | Implies | Iff,
) -> tuple[str, tuple[Formula, ...], tuple[int, ...]]:
    """Symbol, operands, and how tightly each operand's place binds."""
    match formula:
        case And(parts):
            return "&", parts, (POWER["&"],) * len(parts)
        case Or(parts):
            return "|", parts, (POWER["|"],) * len(parts)
        case Implies(left, right):
            return "->", (left, right), (POWER["->"], POWER["->"] - 1)
        case Xor(left, right):
            return "xor", (left, right), (POWER["xor"] - 1, POWER["xor"])
        case Iff(left, right):
            return "<->", (left, right), (POWER["<->"] - 1, POWER["<->"])


def _term(term: Term, power: int) -> str:
    match term:
        case Name(text) | Variable(text):
            return text
        case Number():
            return _number(term)
        case Apply(function, arguments):
            return _call(function, arguments)
        case Negative(below):
            return f"-{_term(below, MINUS)}"
        case Arithmetic(operator, left, right):
            own = ADD if operator in "+-" else MULTIPLY
            text = f"{_term(left, own - 1)} {operator} {_term(right, own)}"
            return _bracketed(text, power >= own)


def _number(number: Number) -> str:
    value = number.value
    if value.denominator == 1:
        return str(value.numerator)
    digits = 1
    while 10**digits % value.denominator:
        digits += 1
    scaled = str(abs(value.numerator) * (10**digits // value.denominator)).rjust(digits + 1, "0")
    return f"{'-' if value < 0 else ''}{scaled[:-digits]}.{scaled[-digits:]}"


def _call(head: str, arguments: tuple[Term, ...]) -> str:
    return f"{head}({', '.join(_term(a, 0) for a in arguments)})" if arguments else head


def _bracketed(text: str, bracket: bool) -> str:
    return f"({text})" if bracket else text
