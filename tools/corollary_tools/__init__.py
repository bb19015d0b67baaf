"""Symbolic tools safe to give to a language model: exact, bounded, closed to code execution.

Import what you need from its module: `corollary_tools.toolkit` for the tools themselves,
`corollary_tools.answer` for answers, `corollary_tools.equivalence` for judging them.
"""
