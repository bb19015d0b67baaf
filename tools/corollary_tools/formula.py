"""Formulas: `parse_formula` reads every accepted notation, `render_formula` writes one.

`parse_formula(render_formula(f)) == f` for every formula that `parse_formula` gives. The parts of
a tree are in `formulas.tree`.
"""

from corollary_tools.formulas.parser import parse_formula, parse_term
from corollary_tools.formulas.text import render_formula, render_term
from corollary_tools.formulas.tree import Formula

__all__ = ["Formula", "parse_formula", "parse_term", "render_formula", "render_term"]
