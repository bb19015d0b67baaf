"""One alphabet for the text of an answer: LaTeX dressing, money, mixed numbers and number words.

Guarantees that mathematics keeps its meaning: what is removed is dressing (`\\left`, `\\,`, `$`,
`\\boxed`), what is replaced has one reading. Words that LaTeX sets apart (`\\text{ cm}`) stand
between the marks ‹ and ›, a LaTeX set between ⦃ and ⦄. Does not read the mathematics (`forms`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from corollary_tools.errors import ToolError

LONGEST = 2000  # characters of an answer that is compared

_BOX = re.compile(r"\s*\\(?:boxed|fbox)\s*\{(.*)\}\s*", re.DOTALL)
_WORDS = re.compile(r"\\(?:text\w*|mathrm|mathbf|mbox|operatorname)\s*\{([^{}]*)\}")
_SIGNS = {
    "cup": "∪", "cap": "∩", "in": "∈", "setminus": "∖", "pm": "±", "mp": "∓", "infty": "oo",
    "emptyset": "∅", "varnothing": "∅", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨",
    "neg": "¬", "lnot": "¬", "to": "→", "rightarrow": "→", "Rightarrow": "→", "implies": "→",
    "leftrightarrow": "↔", "Leftrightarrow": "↔", "iff": "↔", "forall": "∀", "exists": "∃",
    "ne": "≠", "neq": "≠", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥",
    "geqslant": "≥", "lt": "<", "gt": ">", "langle": "⟨", "rangle": "⟩", "colon": ":",
}  # fmt: skip
_SIGN = re.compile(rf"\\({'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?![A-Za-z])")
_BRACED = r"(\{(?:[^{}]|\{[^{}]*\})*\}|\d|[A-Za-z]|\\pi)"


def _repeating(whole: str, fixed: str, repeated: str) -> str:
    """0.1 followed by 6 again and again is 1/6."""
    nines = 10 ** len(repeated) - 1
    above = int(whole + fixed + repeated) - int(whole + fixed or "0")
    return f"({above}/{nines * 10 ** len(fixed)})"


_EDITS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|limits)(?![A-Za-z])\.?", ""),
    (r"(?<![\d.])(\d{1,3}(?:(?:\\,|\\ | |~)\d{3})+)(?!\d)", lambda m: re.sub(r"\D", "", m[0])),
    (r"\\!", ""),
    (r"\{,\}(?=\d)", ","),
    (r"(?<!\\)\\[,;: ]|~(?=\s*\\)|\\q?quad(?![A-Za-z])", " "),
    (r"\\\$\s*(-?[\d,.]*\d)|^\$\s*(-?[\d,.]*\d)\.?$", r"\1\2 ‹dollars› "),
    (r"([€£])\s*(-?[\d,.]*\d)", r"\2 ‹\1› "),
    (r"\$", " "),
    (r"\\%", "%"),
    (r"(\\?(?:sin|cos|tan|cot|sec|csc))\s*\(?\s*(\d+)\s*(?:\^\s*\{?\s*\\circ\s*\}?|°)\)?",
     r"\1(\2*pi/180)"),
    (r"(?:\^\s*\{?\s*\\circ\s*\}?|°)\s*‹?([CF])\b›?", r" ‹degrees \1›"),
    (r"\^\s*\{?\s*\\circ\s*\}?|\\degree|°", " degrees "),
    (r"\\[dtc]frac(?![A-Za-z])", r"\\frac"),
    (r"(\d*)\.(\d*)\\(?:overline|bar)\{(\d+)\}", lambda m: _repeating(*m.groups())),
    (r"\\(?:overline|vec|hat|mathbf|bar)\{([A-Za-z]+)\}", r"\1"),
    (r"\\[dt]binom(?![A-Za-z])", r"\\binom"),
    (r"^\s*(?:\\approx|≈)|\\mid(?![A-Za-z])", lambda m: "|" if "mid" in m[0] else ""),
    (r"\\approx|≈", "="),
    (r"\\mathbb\s*\{?\s*R\s*\}?|\\Re(?![A-Za-z])|\bR\b(?=\s*$)(?<=^R)", "ℝ"),
    (r"\\\{", "⦃"),
    (r"\\\}", "⦄"),
    (r"∞|(?<![A-Za-z])[Ii]nf(?:inity)?(?![A-Za-z])", "oo"),
    (r"⇒|⟹|=>", "→"),
    (r"⇔|⟺|<=>", "↔"),
    (r"\^\s*\{\s*(\d+)\s*\}", r"^\1"),
)  # fmt: skip
_MIXED = re.compile(r"(?<![\w.^_)}])(\d+)\s*\\frac\{(\d+)\}\{(\d+)\}")

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4,
    "fourths": 4, "fifth": 5, "fifths": 5, "tenth": 10, "tenths": 10,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6}


def plain_text(text: str) -> str:
    """The answer in one alphabet, without what only dresses it. ToolError where it is too long."""
    if len(text) > LONGEST:
        raise ToolError(f"The answer has {len(text)} characters; at most {LONGEST} are compared.")
    text = text.strip().replace("**", "^" if re.search(r"[\w)]\*\*[\w(-]", text) else "")
    text = _unwrapped(text)
    text = _WORDS.sub(lambda match: f" ‹{match[1].strip()}› " if match[1].strip() else " ", text)
    for pattern, replacement in _EDITS:
        text = re.sub(pattern, replacement, text)
    text = _SIGN.sub(lambda match: f" {_SIGNS[match[1]]} ", text)
    text = mixed_numbers(text)
    text = re.sub(r"\s+", " ", text).strip()
    return text.removesuffix(".").strip() if not re.fullmatch(r"\.+", text) else text


def _unwrapped(text: str) -> str:
    """Without `\\boxed{}`, `$`, `\\(`, `\\[` around the whole."""
    for _ in range(4):
        before = text
        text = text.strip().strip("`").strip()
        text = re.sub(r"^\\[(\[]|\\[)\]]$", "", text).strip()
        text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "$" else text
        boxed = _BOX.fullmatch(text)
        text = boxed[1] if boxed else text
        if text == before:
            break
    return text


def mixed_numbers(text: str) -> str:
    """`3\\frac12` as a sum: in an answer it is three and a half, not a product."""
    return _MIXED.sub(_mixed, _braced(text))


def _braced(text: str) -> str:
    """`\\frac12` and `\\sqrt3` with their braces."""
    text = re.sub(rf"\\frac\s*{_BRACED}\s*{_BRACED}", _frac, text)
    return re.sub(r"\\sqrt\s*(\d|[A-Za-z]|\\pi)(?![A-Za-z{])", r"\\sqrt{\1}", text)


def _frac(match: re.Match[str]) -> str:
    parts = (part if part.startswith("{") else f"{{{part}}}" for part in match.groups())
    return "\\frac" + "".join(parts)


def _mixed(match: re.Match[str]) -> str:
    whole, above, below = match.groups()
    return f"({whole}+{above}/{below})" if int(above) < int(below) else match[0]


def number_in_words(text: str) -> str | None:
    """The number that words say, as text: `twenty-one` is 21, `two thirds` is 2/3."""
    words = re.sub(r"[-\s]+", " ", text.strip().casefold()).split()
    if words[:1] == ["negative"] or words[:1] == ["minus"]:
        rest = number_in_words(" ".join(words[1:]))
        return None if rest is None else f"-{rest}"
    if words and words[-1] in _PARTS:
        above = _whole([w for w in words[:-1] if w not in ("a", "an")]) if words[:-1] else 1
        return None if above is None else f"{above or 1}/{_PARTS[words[-1]]}"
    whole = _whole(words)
    return None if whole is None or not words else str(whole)


def _whole(words: list[str]) -> int | None:
    total = part = 0
    for word in words:
        if word in _UNITS:
            part += _UNITS.index(word)
        elif word in _TENS:
            part += 10 * (_TENS.index(word) + 2)
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0
        elif word != "and":
            return None
    return total + part
