"""Linear equations in whole numbers: one solution and the directions that lead to all others.

By unimodular column operations (Hermite's normal form). Guarantees every whole solution exactly
once as the parameters go through the whole numbers, with directions made short one by one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lattice:
    """All solutions: start plus whole multiples of the directions."""

    start: tuple[int, ...]
    directions: tuple[tuple[int, ...], ...]


def solve_linear(rows: list[tuple[list[int], int]], width: int) -> Lattice | None:
    """All x with a . x = b for each row (a, b); None where there are none."""
    columns = [
        [int(i == j) for i in range(width)] for j in range(width)
    ]  # of the unimodular matrix
    start, free = [0] * width, list(range(width))
    for factors, constant in rows:
        rest = constant - _dot(factors, start)
        pivot = _eliminate(factors, columns, free)
        if pivot is None:
            if rest:
                return None
            continue
        leading = _dot(factors, columns[pivot])
        if rest % leading:
            return None
        start = [s + rest // leading * c for s, c in zip(start, columns[pivot], strict=True)]
        free.remove(pivot)
    directions = [_signed(columns[j]) for j in free]
    for direction in directions:
        start = _nearer(start, direction)
    return Lattice(tuple(start), tuple(map(tuple, directions)))


def _eliminate(factors: list[int], columns: list[list[int]], free: list[int]) -> int | None:
    """Combine the free columns until one alone is not zero in this row; its index."""
    while True:
        active = [j for j in free if _dot(factors, columns[j])]
        if len(active) <= 1:
            return active[0] if active else None
        pivot = min(active, key=lambda j: abs(_dot(factors, columns[j])))
        for j in active:
            if j != pivot:
                times = _dot(factors, columns[j]) // _dot(factors, columns[pivot])
                columns[j] = [
                    a - times * b for a, b in zip(columns[j], columns[pivot], strict=True)
                ]


def _dot(left: list[int], right: list[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _signed(direction: list[int]) -> list[int]:
    first = next((value for value in direction if value), 0)
    return [-value for value in direction] if first < 0 else direction


def _nearer(start: list[int], direction: list[int]) -> list[int]:
    """The start moved along a direction so that its first moving coordinate is least and >= 0."""
    place = next((i for i, value in enumerate(direction) if value), None)
    if place is None:
        return start
    times = start[place] // direction[place]
    return [s - times * d for s, d in zip(start, direction, strict=True)]
