"""The licence of a recorded set: as the LICENSE file beside it says.

Guarantees a name that is known, or `unknown`; never a guess.
"""

from __future__ import annotations

from pathlib import Path

_NAMES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING")
_OPENINGS = (
    ("mit license", "MIT"),
    ("apache license", "Apache-2.0"),
    ("bsd 3-clause", "BSD-3-Clause"),
    ("attribution-sharealike 4.0", "CC-BY-SA-4.0"),
    ("attribution 4.0", "CC-BY-4.0"),
    ("cc0 1.0", "CC0-1.0"),
)
_READ = 4000


def licence_of(path: Path) -> str:
    """The licence of a file, from the folder it is in."""
    for name in _NAMES:
        file = path.with_name(name)
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")[:_READ].lower()
            return next((short for words, short in _OPENINGS if words in text), "unknown")
    return "unknown"
