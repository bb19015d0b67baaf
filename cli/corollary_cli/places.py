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


def answers_file() -> Path:
    """The kept answers of hosted models: under XDG_CACHE_HOME or its default."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "corollary" / "answers.sqlite"


def prices_file() -> Path | None:
    """A table of prices of one's own: prices.toml under XDG_CONFIG_HOME, where it is there."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    path = Path(base).expanduser() / "corollary" / "prices.toml"
    return path if path.is_file() else None


def history_file() -> Path:
    """The problems typed in `corollary chat`, for the up arrow."""
    return state_dir() / "problems"
