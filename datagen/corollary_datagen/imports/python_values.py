"""Values while Python is read as tool calls: numbers, expressions of them, symbols, solutions.

Guarantees that an expression is written with the brackets it needs and no more. Calls nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from corollary_datagen.imports.recorded import Unreadable

SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**",
}  # fmt: skip
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 4}


@dataclass(frozen=True, slots=True)
class Value:
    """What a name stands for: text to send, and whether it must be calculated before it is used.

    binds: how strongly the text holds together, from 1 (a sum) to 5 (a name or a number). solves:
    the number of the `solve` move whose solutions it is, and what was solved for.
    """

    text: str
    binds: int = 5
    open: bool = False
    symbol: bool = False
    equation: bool = False
    solves: int | None = None
    unknowns: tuple[str, ...] = ()
    items: tuple[Value, ...] | None = None


def joined(sign: str, *sides: Value) -> Value:
    """An expression of values; one with an unknown in it is not calculated by itself."""
    if any(side.items is not None or side.solves is not None or side.equation for side in sides):
        raise Unreadable("the code calculates with something that is no number")
    symbol = any(side.symbol for side in sides)
    if len(sides) == 1:
        text = sign + held(sides[0], 4)
        plain = not sides[0].open and is_number(text)
        return Value(text, 3, open=not (symbol or plain), symbol=symbol)
    binds = BINDS[sign]
    left, right = held(sides[0], binds + (sign == "**")), held(sides[1], binds + 1)
    return Value(f"{left} {sign} {right}", binds, open=not symbol, symbol=symbol)


def held(value: Value, binds: int) -> str:
    """The text of a part of an expression, in brackets where it would fall apart without."""
    return f"({value.text})" if value.binds < binds else value.text


def equation_text(value: Value) -> str:
    """An equation as `solve` takes it; sympy reads a bare expression as equal to 0."""
    if value.equation:
        return value.text
    if not value.symbol:
        raise Unreadable("the code solves something that is no equation")
    return f"{value.text} = 0"


def number_text(value: float) -> str:
    """A number as Python writes it. Raises Unreadable for what needs an exponent."""
    text = repr(value)
    if "e" in text or "n" in text:
        raise Unreadable("the code has a number that is not written out", text)
    return text


def is_number(text: str) -> bool:
    """Whether a text is one decimal number."""
    return text.strip().lstrip("-").replace(".", "", 1).isdecimal()


def named(node: ast.AST) -> str:
    """What a piece of code is, in words for a refusal."""
    names = {
        "If": "a branch", "IfExp": "a branch", "For": "a loop", "While": "a loop",
        "Compare": "a comparison", "Dict": "a dictionary", "ListComp": "a loop",
        "GeneratorExp": "a loop", "JoinedStr": "a text", "Constant": "a text",
        "Attribute": "an attribute", "Lambda": "a function in a line", "Try": "a try",
    }  # fmt: skip
    return names.get(type(node).__name__, f"a {type(node).__name__}")


def source_text(node: ast.AST) -> str:
    """The first line of a piece of code."""
    return ast.unparse(node).split("\n")[0][:80]
