"""How a command fails: three lines for a person, one exit code, a traceback only when asked for.

Guarantees that every exception ends here as `error:`, `because`, `try:` on stderr. A bug, which
nobody expected, is one line with the path of a file that holds its traceback (never the values of
local variables). 2 is wrong use or bad input, 3 could not tell, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import shlex
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from corollary_cli.console import Output
from corollary_cli.places import state_dir
from corollary_tools.errors import CorollaryError, ToolError

_EXTRAS = {
    "langchain": "hosted",
    "langchain_openai": "hosted",
    "mcp": "mcp",
    "reasoning_gym": "gym",
    "starlette": "serve",
    "uvicorn": "serve",
}


def report_failure(error: BaseException, output: Output, words: Sequence[str]) -> int:
    """Say on stderr what failed and return the exit code. words: the command as it was typed."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        output.note(f"stopped. To go on: {shlex.join(['corollary', *words])}")
        return 130
    if output.debug or os.environ.get("COROLLARY_DEBUG") == "1":
        traceback.print_exception(error)
    known = explain(error)
    if known is None:
        return _report_bug(error, output)
    _write(known)
    return known.exit_code


def explain(error: BaseException) -> CorollaryError | None:
    """Return what a person can do about this error, or None where it is a bug."""
    if isinstance(error, CorollaryError):
        return error
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return CorollaryError(
            error.format_message(), because="the input is not usable", remedy="corollary --help"
        )
    if isinstance(error, ToolError):
        return CorollaryError(
            "the tool refused the call", because=str(error), remedy="corollary tools show NAME"
        )
    if isinstance(error, ModuleNotFoundError):
        return _missing(error)
    if isinstance(error, OSError | sqlite3.OperationalError):
        return _system(error)
    return None


def model_failure(told: str) -> CorollaryError:
    """Read a trace's error, one line or the three of a CorollaryError, as an error for people."""
    lines = [line.strip() for line in told.splitlines()]
    because = [line.removeprefix("because ") for line in lines if line.startswith("because ")]
    remedy = [line.removeprefix("try: ") for line in lines if line.startswith("try: ")]
    return CorollaryError(
        lines[0] if because else "the model failed",
        because=because[0] if because else lines[0],
        remedy=remedy[0] if remedy else "see that the model is there, or another --model",
        exit_code=3,
    )


def _usage(error: click.UsageError) -> CorollaryError:
    path = error.ctx.command_path if error.ctx else "corollary"
    usage = error.ctx.get_usage().removeprefix("Usage: ") if error.ctx else "corollary --help"
    return CorollaryError(
        error.format_message(),
        because=f"the form is: {' '.join(usage.split())}",
        remedy=f"{path} --help",
    )


def _missing(error: ModuleNotFoundError) -> CorollaryError | None:
    extra = _EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        return None
    return CorollaryError(
        f"this needs the '{extra}' extra",
        because=f"the module {error.name} is not installed",
        remedy=f"pip install 'corollary[{extra}]'",
        exit_code=3,
    )


def _system(error: OSError | sqlite3.OperationalError) -> CorollaryError | None:
    full = "disk is full" in str(error) or getattr(error, "errno", 0) == errno.ENOSPC
    if full:
        return CorollaryError(
            f"no space left{_where(error)}",
            because="the disk is full; what was stored before is safe",
            remedy="free some space and type the same command again: it goes on",
            exit_code=3,
        )
    if isinstance(error, OSError) and error.filename is not None:
        return CorollaryError(
            f"cannot use {error.filename}",
            because=(error.strerror or str(error)).lower(),
            remedy="check the path and its permissions",
        )
    return None


def _where(error: BaseException) -> str:
    name = getattr(error, "filename", None)
    return f" for {name}" if name else ""


def _write(error: CorollaryError) -> None:
    output = Output()
    first, *more = error.what.splitlines() or [""]
    output.note("\n".join([f"error: {first}", *(f"  {line}" for line in more)]))
    because, remedy = (" ".join(text.split()) for text in (error.because, error.remedy))
    output.note(f"  because {because}\n  try: {remedy}")


def _report_bug(error: BaseException, output: Output) -> int:
    words = " ".join(str(error).split())[:200]
    text = "".join(traceback.format_exception(error))
    Output().note(
        f"error: unexpected {type(error).__name__}: {words} (traceback in {_keep(text)};"
        " --traceback shows it here)"
    )
    return 3


def _keep(text: str) -> Path:
    """Write a traceback where it can be found, in the temporary folder if need be."""
    name = f"traceback-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    for folder in (state_dir(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return folder / name
    return Path(os.devnull)


def leave_pipe() -> int:
    """End in silence when the reader of stdout went away, as a killed writer would (141)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141
