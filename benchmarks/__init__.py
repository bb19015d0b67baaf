"""Benchmarks: `python -m benchmarks [NAME] [--json]`.

Each module in this folder that has a `run` is one benchmark: it measures both sides of a comparison
in one process or one run and yields figures. They never decide a test.
"""
