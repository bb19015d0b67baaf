"""The arithmetic tool in a worker: exact calculation, by sympy only where it is not rational.

Guarantees that the text is exact; `about` marks what is rounded. Does not work with unknowns.
"""

from __future__ import annotations

import difflib
import re
from fractions import Fraction
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.notation import FUNCTIONS
from corollary_tools.rational import evaluate, render_number
from corollary_tools.solvers.number_text import about, checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.syntax import parse_tree
from corollary_tools.syntax_tree import Tree, names_in

_TIMES = re.compile(r"(?<=[\d)%])(\s*)[xX](?=\s*[\d(])")  # 3 x 4, as people write it


def calculate(arguments: dict[str, Any], desk: Desk) -> Result:
    """Calculate the number that `expression` stands for."""
    text = arguments["expression"].strip().removesuffix("?").rstrip().removesuffix("=")
    tree = parse_tree(_TIMES.sub(r"\1*", text))
    value = evaluate(tree)
    return Result(render_rational(value) if value is not None else _irrational(tree))


def render_rational(value: Fraction) -> str:
    """The exact text, with a decimal beside a fraction."""
    text = checked_length(render_number(value))
    return f"{text} (about {about(value)})" if "/" in text else text


def _irrational(tree: Tree) -> str:
    unknown = [name for name in names_in(tree) if name not in ("pi", "e")]
    if unknown:
        raise ToolError(_no_value(unknown[0]))
    from corollary_tools.solvers.constants import render_constant  # sympy, where it is needed

    return render_constant(tree)


def _no_value(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), FUNCTIONS, n=1) if len(name) > 2 else []
    if near:
        return f"{name!r} has no value. Did you mean the function {near[0]}(...)?"
    return f"{name!r} has no value here. Send numbers only: no unknowns, no units."
