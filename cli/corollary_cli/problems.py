"""Problems for a command: loaded from a source as the flags say.

Guarantees CorollaryErrors for whatever is missing. Does not know any format (sources do).
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.problem import Problem


def find_problem(source: str, *, split: str, data: Path | None, identity: str | None) -> Problem:
    """Return one problem of a source: by its id, by the end of its id, or the first."""
    from corollary_datagen.sources import load_problems

    problems = load_problems(source, split=split, data=data)
    if identity is None and problems:
        return problems[0]
    found = [p for p in problems if p.id == identity or p.id.endswith(f"/{identity}")]
    if found:
        return found[0]
    ids = [problem.id for problem in problems]
    close = get_close_matches(identity or "", ids, n=2, cutoff=0.3)
    raise CorollaryError(
        f"{source} has no problem '{identity}' in its split {split}",
        because=f"its {len(ids)} ids are like {', '.join(ids[:2])}",
        remedy=" or ".join(f"--id {name}" for name in close) or "leave --id out for the first",
    )


def require_source(source: str | None) -> str:
    """Return the source, or say which flag is missing."""
    if source is None:
        raise CorollaryError(
            "no problems were named",
            because="--source is missing",
            remedy="--source generated:theories, or --source gsm8k --data DIR",
        )
    return source
