"""Where sympy gives up with an exception of its own, the model hears that and the run goes on.

An exception that was raised inside sympy's or mpmath's code, for text that our grammar accepted,
is a limit of the library and becomes a ToolError. One that was raised in our own code is a bug
and stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from corollary_tools.errors import ToolError

_LIBRARIES = ("sympy.", "mpmath.")


@contextmanager
def library_limits(task: str) -> Iterator[None]:
    """Run the block; `task` says in a few words what could not be done, for the message."""
    try:
        yield
    except (ToolError, RecursionError, MemoryError):
        raise
    except Exception as error:
        if not _raised_in_library(error):
            raise
        raise ToolError(f"No exact method is known to {task}. Send something simpler.") from error


def _raised_in_library(error: Exception) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals["__name__"].startswith(_LIBRARIES)
