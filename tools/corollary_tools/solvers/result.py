"""What a tool operation returns inside a worker: the text, and what it changed or proved.

Plain data; does not know processes, models or messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corollary_tools.desk import Desk


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool says.

    text: the observation that the model reads. desk: the next desk where the call changed it.
    certificate: how the solver knows, as plain JSON values, where it does.
    """

    text: str
    desk: Desk | None = None
    certificate: dict[str, Any] | None = None
