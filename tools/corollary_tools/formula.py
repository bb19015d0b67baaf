"""Formulas: `parse_formula` reads every accepted notation, `render_formula` writes one.

`parse_formula(render_formula(f)) == f` for every formula that `parse_formula` gives. The parts of
a tree are in `formula_tree`.
"""

from corollary_tools.formula_parser import parse_formula
from corollary_tools.formula_text import render_formula
from corollary_tools.formula_tree import Formula

__all__ = ["Formula", "parse_formula", "render_formula"]
