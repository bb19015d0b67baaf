"""Data and chance."""
