"""Equations, inequalities and the rewriting of expressions."""
