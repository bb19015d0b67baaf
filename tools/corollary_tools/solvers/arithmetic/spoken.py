"""Arithmetic as people write it, brought to the grammar: 20% off 50, 2 h 30 min, 3 days in hours.

Only text is rewritten, by fixed patterns; the grammar then reads it as it reads any other text.
Guarantees that nothing is dropped: what no pattern knows stays as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corollary_tools.errors import ToolError
from corollary_tools.solvers.arithmetic.units import find_unit

_NUMBER = r"(?:\d+\s+\d+/\d+|\d+/\d+|\d+[¼-¾⅐-⅞]|[¼-¾⅐-⅞]|\d[\d,_]*(?:\.\d+)?|\.\d+)"
_QUANTITY = re.compile(rf"({_NUMBER})\s*([A-Za-z_¢]+)((?:\^|\*\*)\d|[²³])?")
_NEXT_NUMBER = re.compile(r"\s*[\d.¼-¾⅐-⅞]")
_JOINED = re.compile(r"\s*(?:,\s*and\b|,|and\b)?\s*")
_PERCENT = r"(\d[\d.,/]*|\([^()]*\))\s*(?:%|percent)"
_OPERAND = r"(\$?\d[\d.,/]*%?|\([^()]*\))"
_PHRASES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"^(?:what\s+is|calculate|compute|find|evaluate)\s+", ""),
        (r"\s+(?:as|in|to)\s+(?:an?\s+)?(?:decimal|number)$", ""),
        (r"\bof\s+an?\s+(?=[a-z])", "of 1 "),
        (r"\s+squared\b", "^2"),
        (r"\s+cubed\b", "^3"),
        (
            r"(?:%|\bpercent)\s+(?:sales\s+)?(?:tip|tax|interest|commission|fee|deposit)\s+(?:on|of)\s+",
            "% of ",
        ),
        (rf"{_PERCENT}\s+(?:off|discount\s+on)\s+(?:of\s+)?", r"(1 - (\1)/100)*"),
        (rf"{_PERCENT}\s+(?:more|greater|higher)\s+than\s+", r"(1 + (\1)/100)*"),
        (rf"{_PERCENT}\s+(?:less|lower|smaller)\s+than\s+", r"(1 - (\1)/100)*"),
        (rf"\s+(?:is\s+)?increased\s+by\s+{_PERCENT}", r"*(1 + (\1)/100)"),
        (rf"\s+(?:is\s+)?(?:decreased|reduced|discounted)\s+by\s+{_PERCENT}", r"*(1 - (\1)/100)"),
        (rf"what\s+(?:percent(?:age)?|%)\s+of\s+{_OPERAND}\s+is\s+(.+)$", r"(\2)/(\1) in percent"),
        (
            rf"^(.+?)\s+is\s+what\s+(?:percent(?:age)?|%)\s+of\s+{_OPERAND}$",
            r"(\1)/(\2) in percent",
        ),
        (rf"^(.+?)\s+as\s+an?\s+percent(?:age)?\s+of\s+{_OPERAND}$", r"(\1)/(\2) in percent"),
        (
            rf"^percent(?:age)?\s+(?:change|increase)\s+from\s+{_OPERAND}\s+to\s+{_OPERAND}$",
            r"((\2) - (\1))/(\1) in percent",
        ),
        (
            rf"^percent(?:age)?\s+(?:decrease|reduction)\s+from\s+{_OPERAND}\s+to\s+{_OPERAND}$",
            r"((\1) - (\2))/(\1) in percent",
        ),
        (r"\b(?:(?:a|one)\s+)?half\s+(?:of\s+)?(?:an?\s+)?(?=[\d($a-z])", "(1/2)*"),
        (r"\b(?:a|one)?\s*third\s+of\s+", "(1/3)*"),
        (r"\b(?:a|one)?\s*quarter\s+of\s+", "(1/4)*"),
        (r"\b(?:twice|double)\s+", "2*"),
        (r"\b(?:thrice|triple)\s+", "3*"),
        (r"\s+(?:divided\s+by|over)\s+", " / "),
        (r"\s+multiplied\s+by\s+", " * "),
        (r"\s+plus\s+", " + "),
        (r"\s+minus\s+", " - "),
        (r"\b(?:sq|square)\.?\s+([a-z]+)", r"\1^2"),
        (r"\b(?:cu|cubic)\.?\s+([a-z]+)", r"\1^3"),
        (r"\b(?:fl|fluid)\.?\s+(?:oz|ounces?)\b", "floz"),
        (r"\bpercentage\b", "percent"),
        (r"(\d)\s*(?:'|ft)\s*(\d+(?:\.\d+)?)\s*(?:\"|''|in)?(?![\w/])", r"\1 ft \2 in"),
        (r"(\d)'(?![\w'])", r"\1 ft"),
        (r"(\d)(?:\"|'')(?!\w)", r"\1 in"),
    )
)
_QUESTION = re.compile(r"^how\s+many\s+(.+?)\s+(?:are\s+)?(?:there\s+)?in\s+(.+)$", re.IGNORECASE)
_TARGET = re.compile(
    r"^(?P<body>.*\S)\s+(?:in|to|into|as)\s+(?:an?\s+)?(?P<unit>[A-Za-z%¢][\w%¢ /^²³,*]*)$",
    re.DOTALL,
)
_RATE = re.compile(r"\s+(?:per|an?)\s+(?=[A-Za-z])|\s*\bper\s+", re.IGNORECASE)
_NO_UNIT = frozenset(("and", "per", "a", "an"))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text in the grammar's words. target: the units that are asked for, none where empty.

    dollars: whether a dollar sign stood in it, so that dollars are plain numbers.
    """

    text: str
    target: tuple[str, ...] = ()
    dollars: bool = False


def read_spoken(text: str) -> Spoken:
    """Rewrite what people write into what the grammar reads."""
    dollars = "$" in text
    text = _QUESTION.sub(r"\2 in \1", text.strip())
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    body, target = _split_target(text)
    return Spoken(_bracketed(_RATE.sub(" / ", body)), target, dollars)


def _split_target(text: str) -> tuple[str, tuple[str, ...]]:
    match = _TARGET.match(text)
    if match is None or not has_units(match["unit"]):
        return text, ()
    if re.fullmatch(r"[\w%¢]+(?:\s*(?:,|and)\s+[\w%¢]+)+", match["unit"]):
        words = re.findall(r"[\w%¢]+", match["unit"])
        return match["body"], tuple(word for word in words if word != "and")
    return match["body"], (_RATE.sub("/", match["unit"].strip()),)


def has_units(text: str) -> bool:
    """Whether every word of a text is a unit, and one is there."""
    words = [word for word in re.findall(r"[A-Za-z_%¢]+", text) if word not in _NO_UNIT]
    return bool(words) and all(find_unit(word) is not None for word in words)


def _bracketed(text: str) -> str:
    """Put brackets around numbers with units: 60 miles / (2 hours), (2 h + 30 min)."""
    parts: list[str] = []
    position = 0
    while match := _QUANTITY.search(text, position):
        before = text[position : match.start()]
        if before.rstrip().endswith("^") or find_unit(match[2]) is None or _inside(text, match):
            parts.append(text[position : match.end(1)])
            position = match.end(1)
            continue
        terms, last = _run(text, match)
        if _NEXT_NUMBER.match(text, last):
            raise ToolError(
                f"A number without an operator follows {text[match.start() : last]!r}. Write "
                "2 h 30 min with every unit, largest first, or an operator between."
            )
        parts += [before, f"({' + '.join(terms)})"]
        position = last
    return "".join(parts) + text[position:]


def _inside(text: str, match: re.Match[str]) -> bool:
    """Whether the number is the end of a longer word or number."""
    return bool(re.search(r"[\w.]$", text[: match.start()]))


def _run(text: str, match: re.Match[str]) -> tuple[list[str], int]:
    """A quantity and those that go on from it in smaller units: 2 h 30 min."""
    terms = [_term(match)]
    unit = find_unit(match[2])
    while match[3] is None:
        joint = _JOINED.match(text, match.end())
        following = _QUANTITY.match(text, joint.end() if joint else match.end())
        minutes = following is not None and following[2] == "m" and unit == find_unit("h")
        word = "min" if minutes else following[2] if following else ""
        smaller = find_unit(word)
        if following is None or smaller is None or unit is None or following[3]:
            break
        if smaller.dimension != unit.dimension or smaller.scale >= unit.scale:
            break
        match, unit = following, smaller
        terms.append(f"{match[1]} {word}{match[3] or ''}")
    return terms, match.end()


def _term(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2]}{match[3] or ''}"
