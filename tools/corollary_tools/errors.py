"""The errors of this project, as one small tree.

    CorollaryError      for people: what and where, because, try
    ToolError           for the model: an expected failure of a tool, and what to send instead
    └ ToolTimeout       the worker was stopped at its time or memory limit

A ToolError becomes the observation that the model reads. A CorollaryError ends a command with
its exit code. Any other exception is a bug and raises.
"""

from __future__ import annotations


class CorollaryError(Exception):
    """Something a person must know: `what` failed and where, `because` of what, what to `try`.

    `exit_code` follows the command's convention: 2 wrong use or bad input, 3 could not tell.
    """

    def __init__(self, what: str, *, because: str, remedy: str, exit_code: int = 2) -> None:
        super().__init__(what)
        self.what = what
        self.because = because
        self.remedy = remedy
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.what}\n  because {self.because}\n  try: {self.remedy}"


class ToolError(Exception):
    """An expected failure of a tool: the message says what was wrong and what to send instead."""


class ToolTimeout(ToolError):
    """A call that was stopped from outside, at its wall-clock or memory limit."""
