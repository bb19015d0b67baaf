"""What the calculus tools are asked about: an expression, its variable, and places on the line.

Guarantees ToolErrors that name the unknowns there are. Does not compute.
"""

from __future__ import annotations

import re
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression, symbol
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Name
from corollary_tools.notation import plain_name

MOST_OPERATIONS = 300
_INFINITY = re.compile(r"\s*([+-−]?)\s*(?:∞|\\infty|oo|inf|infty|infinity)\s*", re.IGNORECASE)


def read_function(text: str, variable: str) -> tuple[Any, Any]:
    """(the expression, its variable): the only unknown where no variable is named."""
    wanted = read_name(variable) if variable.strip() else ""
    expression = parse_expression(_right_side(text), frozenset({wanted} if wanted else ()))
    if sympy.count_ops(expression) > MOST_OPERATIONS:
        raise ToolError(f"The expression has more than {MOST_OPERATIONS} operations. Send less.")
    names = sorted(name.name for name in expression.free_symbols)
    joined = [name for name in names if _is_product(name, {wanted, *names})]
    if joined:
        raise ToolError(
            f"{joined[0]!r} is read as one name. Write {'*'.join(joined[0])} for a product."
        )
    if not wanted and len(names) > 1:
        raise ToolError(f"The expression has {', '.join(names)}: say which is the variable.")
    return expression, symbol(wanted or (names[0] if names else "x"))


def _is_product(name: str, names: set[str]) -> bool:
    """Whether a name is written like a product of others, as xy beside x."""
    return len(name) == 2 and name.isalpha() and bool(set(name) & names)


def _right_side(text: str) -> str:
    """`f(x) = x^2` and `y = x^2` are sent for `x^2`."""
    match = re.fullmatch(r"\s*[A-Za-z](?:\s*\(\s*\w+\s*\))?\s*=(?!=)(.*)", text, re.DOTALL)
    return " " * match.start(1) + match[1] if match else text


def read_name(text: str) -> str:
    """The name of an unknown. ToolError where the text is not one name."""
    tree = parse_tree(text)
    if not isinstance(tree, Name):
        raise ToolError(f"{text!r} is not the name of an unknown. Send one name, such as x.")
    return plain_name(tree.name)


def read_place(text: str) -> Any:
    """A point on the line: an expression, or infinity with a sign."""
    match = _INFINITY.fullmatch(text)
    if match:
        return sympy.oo if match[1] in ("", "+") else -sympy.oo
    return parse_expression(text)
