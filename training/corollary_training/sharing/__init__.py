"""Preference training that computes what rows have in common once.

`plant` lays rows that begin alike out as a tree, `lay_out` makes tensors of the trees, and
`SharedForward` stands where TRL expects a model. Nothing here knows of a loss.
"""
