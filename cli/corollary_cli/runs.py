"""Run folders: where a stage keeps what it makes when no folder is named.

Guarantees that the same command finds the same folder again, which is what makes it go on where it
stopped, and that other settings get a folder of their own. Creates nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from corollary_tools.errors import CorollaryError

ROOT = Path("runs")


def run_folder(stage: str, name: str, settings: dict[str, Any]) -> Path:
    """Return `runs/STAGE-NAME-HASH`, where HASH is over the settings that must not be mixed."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:48]
    return ROOT / f"{stage}-{slug}-{digest[:6]}"


def require_run(run_dir: Path) -> Path:
    """Return the folder of a run that has a store. Raises CorollaryError with those there are."""
    if (run_dir / "run.sqlite").is_file():
        return run_dir
    near = sorted({path.parent for path in run_dir.parent.glob("*/run.sqlite")})
    raise CorollaryError(
        f"{run_dir} is not a run",
        because="there is no run.sqlite in it",
        remedy=f"one of {', '.join(map(str, near[:4]))}" if near else "corollary rollout --help",
    )
