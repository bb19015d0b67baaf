"""Where the command keeps files of its own, by the XDG rules.

Guarantees that asking for a place creates nothing: a file's folder is made when it is written.
"""

from __future__ import annotations

import os
from pathlib import Path


def state_dir() -> Path:
    """The folder for history and tracebacks: XDG_STATE_HOME/corollary or its default."""
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "corollary"


def history_file() -> Path:
    """The problems typed in `corollary chat`, for the up arrow."""
    return state_dir() / "problems"
