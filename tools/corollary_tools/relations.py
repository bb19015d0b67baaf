"""What the signs of relations and of arithmetic do, for numbers and for solver terms alike.

Guarantees one meaning a sign wherever a text is worked out. Does not read signs from text, and
imports no solver: a solver's terms answer Python's operators with terms of their own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Binary = Callable[[Any, Any], Any]

COMPARE: Mapping[str, Binary] = MappingProxyType({
    "=": operator.eq, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
})  # fmt: skip
COMPUTE: Mapping[str, Binary] = MappingProxyType({
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "%": operator.mod,
})  # fmt: skip
FLIPPED: Mapping[str, str] = MappingProxyType({
    "=": "=", "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
})  # fmt: skip
"""The relation with its sides exchanged."""
