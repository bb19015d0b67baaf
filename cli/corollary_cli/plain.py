"""Foreign text: what a model, a tool or a file wrote, made safe to print.

Guarantees that printed text cannot move the cursor, recolour the terminal or reorder what is read:
escape sequences, control characters and bidirectional overrides go, line breaks and tabs stay.
`to_ascii` spells what an ASCII stream cannot take and loses nothing. Does not print.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links, clipboard
    r"|\x1b[P^_X][^\x1b]*(?:\x1b\\)?"  # DCS, PM, APC, SOS
    r"|[\x1b\x9b]\[?[0-?]*[ -/]*[@-~]"  # CSI and the two-character escapes
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SPELLED = {
    "∀": "forall ", "∃": "exists ", "¬": "~", "∧": "&", "∨": "|", "⊕": "xor", "→": "->",
    "⇒": "=>", "↔": "<->", "⇔": "<=>", "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-",
    "—": "-", "×": "*", "·": "-", "÷": "/", "√": "sqrt", "π": "pi", "∞": "oo", "≈": "~",
    "²": "^2", "³": "^3", "⁴": "^4", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'",
    "│": "|", "✓": "ok", "✗": "x", "▸": ">", "›": ">", "\u00a0": " ",
}  # fmt: skip
_SPELLING = str.maketrans(_SPELLED)


def printable(text: str) -> str:
    """Return the text without escape sequences, control characters and direction overrides."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _ESCAPE.sub("", unified))


def to_ascii(text: str) -> str:
    """Spell mathematics in ASCII; any other character becomes its backslash escape."""
    return text.translate(_SPELLING).encode("ascii", "backslashreplace").decode("ascii")


def one_line(text: str, width: int) -> str:
    """Return printable text on one line of at most `width` characters, cut with three dots."""
    joined = " ".join(printable(text).split())
    return joined if len(joined) <= width else joined[: max(0, width - 3)] + "..."


def line_end(text: str, width: int) -> str:
    """Return the end of printable text on one line of at most `width` characters, after dots."""
    joined = " ".join(printable(text).split())
    return joined if len(joined) <= width else "..." + joined[len(joined) - max(0, width - 3) :]
