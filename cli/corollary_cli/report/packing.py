"""Packing: rows of markup as deflated text that a page carries and a script unfolds when asked.

Guarantees that what is packed holds no sign that HTML knows, and that a string which many rows of a
chunk share stands in it once. Knows nothing of what the rows show.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Sequence

from corollary_cli.report.markup import Html, element

CHUNK = 200
_PARTS = re.compile(r'(?=<div class="say)|(?=<details>)')


def packed(value: object, kind: str) -> Html:
    """One JSON value as a data block: class `kind`, zlib in base 64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    squeezed = zlib.compress(text.encode("utf-8", "backslashreplace"), 6)
    data = Html(b64encode(squeezed).decode("ascii"))
    return element("script", data, type="application/octet-stream", class_=kind)


def packed_rows(rows: Sequence[str]) -> Html:
    """At most CHUNK rows of markup, cut into parts, each different part once."""
    places: dict[str, int] = {}
    cut = [
        [places.setdefault(part, len(places)) for part in _PARTS.split(row) if part] for row in rows
    ]
    return packed({"parts": list(places), "rows": cut}, "chunk")
