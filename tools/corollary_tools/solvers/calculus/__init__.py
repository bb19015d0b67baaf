"""Derivatives, integrals, limits, series, sums and what a function looks like."""
