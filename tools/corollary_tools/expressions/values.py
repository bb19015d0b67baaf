"""Lists in text: the parts between commas and semicolons that stand outside brackets."""

from __future__ import annotations

_OPENING, _CLOSING = "([{", ")]}"


def split_text(text: str) -> list[str]:
    """The parts of `1, (2, 3); max(4, 5)`, without brackets around the whole list."""
    text = text.strip()
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    parts, depth = [""], 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        if character in ",;\n" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
