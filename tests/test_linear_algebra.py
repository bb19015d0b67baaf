"""Matrices, systems and vectors: exact texts, laws, notations, bad questions."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.expression import parse_expression
from corollary_tools.solvers.linear_algebra.matrices import read_matrix
from corollary_tools.toolkit import Toolkit

CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("matrix", {"matrix": "[[1, 2], [3, 4]]", "find": "inverse"}, "[[-2, 1], [3/2, -1/2]]"),
    ("matrix", {"matrix": "[[a, b], [c, d]]", "find": "determinant"}, "a*d - b*c"),
    ("matrix", {"matrix": "[[1, 2], [2, 4]]", "find": "rank"}, "1"),
    (
        "matrix",
        {"matrix": "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]", "find": "row_reduce"},
        "[[1, 0, -1], [0, 1, 2], [0, 0, 0]]",
    ),
    ("matrix", {"matrix": "[[0, -1], [1, 0]]", "find": "eigenvalues"}, "i, -i"),
    ("matrix", {"matrix": "[[0, -1], [1, 0]]", "find": "eigenvectors"}, "i: (i, 1); -i: (-i, 1)"),
    ("matrix", {"matrix": "[[2, 0], [0, 2]]", "find": "eigenvectors"}, "2: (1, 0), (0, 1)"),
    ("matrix", {"matrix": "[[2, 0], [0, 2]]", "find": "eigenvalues"}, "2 (twice)"),
    (
        "matrix",
        {"matrix": "[[1, 2], [3, 4]]", "find": "characteristic_polynomial"},
        "x^2 - 5*x - 2",
    ),
    ("matrix", {"matrix": "[[1, 2, 3]]", "find": "null_space"}, "(-2, 1, 0), (-3, 0, 1)"),
    ("matrix", {"matrix": "[[1, 0], [0, 1]]", "find": "null_space"}, "only the zero vector"),
    ("matrix", {"matrix": "[1 2; 3 4]", "find": "trace"}, "5"),
    ("matrix", {"matrix": [[1, 2], [3, 4]], "find": "determinant"}, "-2"),
    (
        "matrix",
        {
            "matrix": r"\begin{pmatrix} \frac{1}{2} & x^2 \\ 3 & 4 \end{pmatrix}",
            "find": "transpose",
        },
        "[[1/2, 3], [x^2, 4]]",
    ),
    ("linear_system", {"matrix": "[[1, 1], [2, 2]]", "right": "(1, 3)"}, "no solution"),
    ("linear_system", {"matrix": "[[2, 1], [1, 3]]", "right": "(3, 5)"}, "x = (4/5, 7/5)"),
    (
        "matrix_calculate",
        {"expression": "A^T*A - 2A^-1", "matrices": ["A = [[1, 1], [0, 1]]"]},
        "[[-1, 3], [1, 0]]",
    ),
    ("vectors", {"vectors": ["<1, 2, 3>", "(4, 5, 6)"], "find": "cross"}, "(-3, 6, -3)"),
    ("vectors", {"vectors": ["(3, 4)"], "find": "length"}, "5"),
    ("vectors", {"vectors": ["(1, 2)", "(3, 4)"], "find": "projection"}, "(33/25, 44/25)"),
    (
        "vectors",
        {"vectors": ["(1, 2)", "(2, 4)"], "find": "independence"},
        "dependent (1 of 2 are independent)",
    ),
    (
        "vectors",
        {"vectors": ["(1, 1, 0)", "(1, 0, 1)"], "find": "orthogonal_basis"},
        "(1, 1, 0), (1/2, -1/2, 1)",
    ),
]


@pytest.mark.parametrize(("name", "arguments", "text"), CALLS)
def test_results(toolkit: Toolkit, name: str, arguments: dict[str, Any], text: str) -> None:
    outcome = toolkit.call(name, arguments)
    assert (outcome.text, outcome.fault) == (text, None)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("matrix", {"matrix": "[[1, 2], [2, 4]]", "find": "inverse"}, "its determinant is 0"),
    ("matrix", {"matrix": "[[1, 2, 3]]", "find": "determinant"}, "1 by 3; a square one"),
    ("matrix", {"matrix": "[[1, 2], [3]]", "find": "rank"}, "different lengths: 2, 1"),
    ("matrix", {"matrix": "1, 2", "find": "rank"}, "Send rows in brackets"),
    ("matrix", {"matrix": "[]", "find": "rank"}, "expected a number"),
    ("matrix", {"matrix": "[" * 5000, "find": "rank"}, "Send rows in brackets"),
    ("matrix", {"matrix": str([[0] * 13] * 13), "find": "rank"}, "At most 12"),
    ("matrix", {"matrix": str([["x"] * 7] * 7).replace("'", ""), "find": "rank"}, "At most 6"),
    ("matrix", {"matrix": "[[9^9^9]]", "find": "rank"}, "too large"),
    (
        "linear_system",
        {"matrix": "[[1, 2]]", "right": "(1, 2, 3)"},
        "it is 3 by 1",
    ),
    (
        "matrix_calculate",
        {"expression": "A + 1", "matrices": ["A = [[1, 2], [3, 4]]"]},
        "Name the identity",
    ),
    (
        "matrix_calculate",
        {"expression": "AB", "matrices": ["A = [[1]]", "B = [[2]]"]},
        "Write A*B",
    ),
    (
        "matrix_calculate",
        {"expression": "A*B", "matrices": ["A = [[1, 2]]", "B = [[2, 3]]"]},
        "Matrices of 1 by 2 and 1 by 2 cannot be multiplied.",
    ),
    (
        "matrix_calculate",
        {"expression": "A^(10^9)", "matrices": ["A = [[1, 2], [3, 4]]"]},
        "a whole number up to 50",
    ),
    ("vectors", {"vectors": ["(1, 2)"], "find": "dot"}, "dot needs 2 vectors"),
    ("vectors", {"vectors": ["(0, 0)", "(1, 1)"], "find": "angle"}, "zero vector has no angle"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refusals(toolkit: Toolkit, name: str, arguments: dict[str, Any], message: str) -> None:
    outcome = toolkit.call(name, arguments)
    assert outcome.fault == "tool_error"
    assert message in outcome.text


ENTRIES = st.integers(-5, 5)
SQUARES = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(ENTRIES, min_size=n, max_size=n), min_size=n, max_size=n)
)


@settings(max_examples=30, deadline=None)
@given(SQUARES)
def test_an_inverse_times_its_matrix_is_the_identity(
    toolkit: Toolkit, rows: list[list[int]]
) -> None:
    determinant = toolkit.call("matrix", {"matrix": rows, "find": "determinant"}).text
    found = toolkit.call("matrix", {"matrix": rows, "find": "inverse"})
    assert (found.fault is None) == (determinant != "0")
    if found.fault is None:
        assert sympy.Matrix(rows) * read_matrix(found.text) == sympy.eye(len(rows))


@settings(max_examples=30, deadline=None)
@given(SQUARES)
def test_eigenvalues_add_up_to_the_trace(toolkit: Toolkit, rows: list[list[int]]) -> None:
    found = toolkit.call("matrix", {"matrix": rows, "find": "eigenvalues"}).text
    total = sympy.Integer(0)
    for part in found.split(", "):
        count = re.search(r"\((\d+) times\)", part)
        times = 2 if "(twice)" in part else int(count[1]) if count else 1
        text = part.removeprefix("about ").split(" (")[0]
        total += times * parse_expression(text, numbers="complex")
    trace = sum(rows[k][k] for k in range(len(rows)))
    assert abs(sympy.re(total.evalf(20)) - trace) < 1e-4
