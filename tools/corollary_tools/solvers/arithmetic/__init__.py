"""Calculation: exact numbers, units, money, times and dates."""
