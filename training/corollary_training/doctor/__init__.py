"""Examining a model and a dataset before any training: `corollary doctor`."""
