"""Unknowns over finite domains and numbers: solutions, optima, options."""
