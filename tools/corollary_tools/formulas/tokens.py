"""Formulas cut into tokens: one canonical token for each of the ways to write a connective.

Reads unicode, ASCII, LaTeX, Python-like and Logic-LM spellings. Guarantees linear time and a
ToolError for what is too long or cannot be a formula at all. Does not know what a token means.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from corollary_tools.alphabets import check_alphabets
from corollary_tools.errors import ToolError

MAX_CHARACTERS = 80_000
MAX_TOKENS = 5_000


class Token(NamedTuple):
    """One token: kind `name`, `number`, `end` or the canonical symbol itself; and where it is."""

    kind: str
    text: str
    start: int
    end: int


_SPELLINGS = {
    "&": ("&&", "/\\", "∧", "⋀", "\\land", "\\wedge", "and"),
    "|": ("||", "\\/", "∨", "⋁", "\\lor", "\\vee", "or"),
    "~": ("!", "¬", "￢", "\\neg", "\\lnot", "not"),
    "xor": ("⊕", "⊻", "\\oplus", "\\veebar"),
    "->": (
        *(">>>", ">>", "-->", "==>", "=>", "→", "⇒", "⟹", "⟶", "⊃", "implies"),
        *("\\to", "\\rightarrow", "\\Rightarrow", "\\implies", "\\supset"),
    ),
    "<->": (
        *("<-->", "<==>", "<=>", "↔", "⇔", "⟺", "⟷", "≡", "iff"),
        *("\\leftrightarrow", "\\Leftrightarrow", "\\iff", "\\equiv"),
    ),
    "<-": (":-", "<--", "<==", "←", "⇐", "⟸", "\\leftarrow", "\\Leftarrow"),
    "==": ("=", "＝", "\\eq"),
    "!=": ("≠", "<>", "/=", "=/=", "=\\=", "\\neq", "\\ne"),
    "<": ("\\lt",),
    ">": ("\\gt",),
    "<=": ("≤", "⩽", "\\leq", "\\le"),
    ">=": ("≥", "⩾", "\\geq", "\\ge"),
    "-": ("−", "–"),
    "*": ("×", "·", "\\cdot", "\\times"),
    "/": ("÷",),
    "+": (),
    "%": (),
    "^": (),
    "(": ("\\left(", "\\bigl(", "\\big(", "（"),
    ")": ("\\right)", "\\bigr)", "\\big)", "）"),
    "[": ("\\left[", "{", "\\{"),
    "]": ("\\right]", "}", "\\}"),
    ",": ("，", ";"),
    ".": (),
    ":": ("：",),
    "forall": ("∀", "\\forall"),
    "exists": ("∃", "\\exists"),
    "not exists": ("∄", "\\nexists"),
    "in": ("∈", "\\in"),
    "not in": ("∉", "\\notin"),
    "true": ("⊤", "\\top"),
    "false": ("⊥", "\\bot"),
}
_WORDS = (
    "in",
    "not in",
    "not exists",
)  # these words are names elsewhere; the cursor reads them by place
_CANONICAL = {
    s: kind
    for kind, spellings in _SPELLINGS.items()
    for s in (*spellings, *(() if kind in _WORDS else (kind,)))
}
_SYMBOLS = [
    re.escape(s) + "(?![a-zA-Z])" * s[-1].isalpha() + r"(?!\d)" * (s == "<-")
    for s in sorted(_CANONICAL, key=len, reverse=True)
    if not s.isalpha()
]
_IN_PLACE = ("if", "then", "in", "such", "that")  # words that mean something in their place
_TOKEN = re.compile(
    r"(?P<space>(?:\s|[\u200b-\u200f\u2060\ufeff]|\\[,;:!]|\\quad|\\ |(?<!\w)z3\.(?=[A-Z]))+)"
    r"|(?P<number>\d+(?:\.\d+)?(?!\w|\.\d))"
    r"|(?P<name>\d+\.\d+[^\W\d]\w*|(?:(?<!\w)[$?](?=[^\W\d]))?\w+(?:['’]\w+)*)"
    r"|(?P<quoted>\"[^\"]{1,80}\"|(?<!\w)'[^']{1,80}'|“[^”]{1,80}”)"
    rf"|(?P<symbol>{'|'.join(_SYMBOLS)})"
)
_REMARK = re.compile(r"\s(?:#\s*\w|:::).*\Z", re.DOTALL)
_LATEX_TEXT = re.compile(r"\\(?:text|mathrm|mathit|mathsf|mathbf|operatorname)\s*\{([^{}]*)\}")


def tokenize(text: str) -> list[Token]:
    """Cut the text into tokens, an `end` token last.

    Raises ToolError where it is empty or too long, and at a character no formula has.
    """
    if len(text) > MAX_CHARACTERS:
        raise _too_long(f"{len(text)} characters")
    clean = _without_dressing(text)
    tokens: list[Token] = []
    position = 0
    while position < len(clean):
        found = _TOKEN.match(clean, position)
        if found is None:
            raise ToolError(_strange(clean, position))
        if found.lastgroup != "space":
            tokens.append(_token(found))
        if len(tokens) > MAX_TOKENS:
            raise _too_long(f"more than {MAX_TOKENS} tokens")
        position = found.end()
    if not tokens:
        raise ToolError("The formula is empty. Send one such as blue(cow).")
    if not clean.isascii():
        names = ((token.text, token.start) for token in tokens if token.kind == "name")
        check_alphabets(names, whole=False)  # several may yet be joined to one
    tokens.append(Token("end", "", len(clean), len(clean)))
    return tokens


def _token(found: re.Match[str]) -> Token:
    kind, text = found.lastgroup or "", found.group()
    if kind == "symbol":
        kind = _CANONICAL[text]
    elif kind == "name":
        kind, text = _CANONICAL.get(text.lower(), "name"), text.replace(".", "_")
    elif kind == "quoted":
        kind, text = "name", _unquoted(text)
    return Token(kind, text, found.start(), found.end())


def _unquoted(text: str) -> str:
    """The quoted words as one name, which is none of the words that mean something."""
    name = "_".join(re.findall(r"\w+", text)) or "_"
    return f"n_{name}" if name.isdecimal() or means_something(name) else name


def means_something(word: str) -> bool:
    """Whether the word is one of the notation's own, such as not, if or forall."""
    return word.lower() in _CANONICAL or word.lower() in _IN_PLACE


def _without_dressing(text: str) -> str:
    clean = _REMARK.sub("", text).strip().strip("`").strip()
    if "\\" in clean:
        clean = _LATEX_TEXT.sub(r"\1", clean).replace("\\_", "_")
        clean = re.sub(r"^\\[(\[]|\\[)\]]$", "", clean).strip()
    if len(clean) > 2 and clean[0] == clean[-1] == "$":
        clean = clean.strip("$").strip()
    return clean.rstrip(".;, ") if clean.endswith((".", ";", ",")) else clean


def _strange(text: str, position: int) -> str:
    return (
        f"Position {position + 1} has {text[position]!r}, which no formula has. "
        "Send names, brackets and ~ & | xor -> <-> == != < <= > >= + - * /."
    )


def _too_long(how: str) -> ToolError:
    return ToolError(f"The formula is too long: {how}. Send it in parts.")
