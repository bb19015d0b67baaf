"""Licences of problems: what a dataset made from them may be used for, as far as a name tells.

Guarantees that a licence which nobody knows is said to be unknown, never free. Reads names, not
texts, and gives no advice of a lawyer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_KNOWN = re.compile(
    r"(?:mit|apache-2\.0|bsd-[23]-clause|unlicense|cc0-1\.0|odc-by|gpl-[23]\.0|lgpl-[23]\.\d"
    r"|agpl-3\.0|cc-by(?:-nc)?(?:-sa|-nd)?-[1-4]\.\d)"
)
_WARNINGS = (
    (r"\bnc\b", "do not let you use it commercially"),
    (r"\bnd\b", "do not let you share what you make of it"),
    (r"\bsa\b|gpl", "ask that what is made of it stands under the same licence"),
    (r"^$", "are not known: ask before you share or sell anything made of it"),
)


def hub_licences(licences: Iterable[str]) -> tuple[str, ...]:
    """The licences as the Hub names them, each once; `other` and `unknown` where it has no name."""
    return tuple(sorted({_hub_name(licence) for licence in licences}))


def licence_warnings(parts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Sentences on what (source, licence) pairs forbid or ask; none for permissive ones."""
    rows = sorted(set(parts))
    for pattern, told in _WARNINGS:
        found = [(source, licence) for source, licence in rows if _has(licence, pattern)]
        if found:
            named = ", ".join(f"{source} ({licence or 'unknown'})" for source, licence in found)
            yield f"The licences of {named} {told}."


def _has(licence: str, pattern: str) -> bool:
    plain = licence.lower().replace("unknown", "").strip()
    return re.search(pattern, plain.replace("-", " ") if pattern != "^$" else plain) is not None


def _hub_name(licence: str) -> str:
    name = "-".join(licence.lower().split())
    if not name or name == "unknown":
        return "unknown"
    return name if _KNOWN.fullmatch(name) else "other"
