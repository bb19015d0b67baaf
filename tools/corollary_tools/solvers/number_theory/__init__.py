"""Whole numbers: factors, remainders, counting and whole solutions."""
