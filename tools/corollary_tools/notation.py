"""Tokens of mathematical text: ASCII, unicode and small LaTeX, all brought to one alphabet.

Guarantees that every character of the text is part of a token or of white space (currency signs
and LaTeX spacing count as such), and that each token knows its position in the text as it was
sent. Raises ToolError for anything else. Does not know grammar (`syntax` does).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corollary_tools.errors import ToolError

LONGEST = 4000  # characters
FUNCTIONS = frozenset((
    "sqrt", "cbrt", "root", "exp", "log", "ln", "log2", "log10", "sin", "cos", "tan", "cot", "sec",
    "csc", "asin", "acos", "atan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "abs", "floor", "ceil", "ceiling", "round", "factorial", "binomial", "min",
    "max", "gcd", "lcm", "mod", "sign",
))  # fmt: skip

TokenKind = Literal["number", "name", "function", "fraction", "op", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token. text: in the one alphabet (`^`, `*`, `<=`); start: index in the text as sent."""

    kind: TokenKind
    text: str
    start: int


_GRAMMAR = re.compile(
    r"""
    (?P<space>(?:\s|[$€£¥₹]|\\\$|\\[,;:!\ ]|\\(?:quad|qquad|left|right|displaystyle)(?![A-Za-z]))+)
  | (?P<thousands>\d{1,3}(?:(?:,|\{,\})\d{3})+(?!\d)(?:\.\d+)?)
  | (?P<number>(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+(?![\w.]))?)
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)
  | (?P<fraction>[¼-¾⅐-⅞])
  | (?P<name>[Α-ω](?:_\{\w+\}|[0-9₀-₉])*
        |(?:(?![Α-ω])[^\W\d_])(?:_\{\w+\}|(?![Α-ω⁰¹²³⁴⁵⁶⁷⁸⁹])\w)*)
  | (?P<command>\\(?:[A-Za-z]+(?:_(?:\d|\{\w+\}))?|%))
  | (?P<op>\*\*|//|<=|>=|==|!=|[-+*/^%!|=<>(){}\[\],≤≥≠·×⋅∙∗÷∕⁄−–—√∛])
    """,
    re.VERBOSE,
)
_SAME = {
    "**": "^", "==": "=", "≤": "<=", "≥": ">=", "≠": "!=", "·": "*", "×": "*", "⋅": "*", "∙": "*",
    "∗": "*", "÷": "/", "∕": "/", "⁄": "/", "−": "-", "–": "-", "—": "-",
}  # fmt: skip
_COMMANDS = {
    "cdot": "*", "times": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=",
    "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "%": "%", "lvert": "|", "rvert": "|",
}  # fmt: skip
_LATEX_FORMS = frozenset(("frac", "dfrac", "tfrac", "cfrac", "binom", "lfloor", "lceil"))
_CLOSING_FORMS = frozenset(("rfloor", "rceil"))
_BARE = frozenset(("sqrt", "sin", "cos", "tan", "log", "ln"))  # also without brackets: sin x
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SINGLE_DIGITS = re.compile(r"(\\[dtc]?frac)\s*(\d)\s*(\d)")
_BASED_LOG = re.compile(r"log_(\d+)")
_WORDS = {"of": "*", "mod": "mod", "times": "*"}


def tokenise(text: str) -> list[Token]:
    """Split `text` into tokens, an `end` token last. ToolError for strange characters or length."""
    if len(text) > LONGEST:
        raise ToolError(
            f"The text has {len(text)} characters; at most {LONGEST} can be read. "
            "Send smaller parts, one at a time."
        )
    text = _SINGLE_DIGITS.sub(r"\1{\2}{\3}", text)
    tokens = [*_scan(text), Token("end", "the end", len(text))]
    return tokens


def _scan(text: str) -> Iterator[Token]:
    calls: list[bool] = []  # for each open bracket, whether it holds a function's arguments
    position, previous = 0, ""
    while position < len(text):
        match = _GRAMMAR.match(text, position)
        if match is None:
            raise ToolError(_strange(text, position))
        if match.lastgroup == "thousands" and calls and calls[-1]:
            match = re.compile(r"(?P<number>\d+)").match(text, position)
            assert match is not None
        for token in _tokens(match):
            _follow(calls, token, previous)
            previous = token.kind if token.kind == "function" else token.text
            yield token
        position = match.end()


def _follow(calls: list[bool], token: Token, previous: str) -> None:
    if token.kind == "op" and token.text in "([{":
        calls.append(previous == "function")
    elif token.kind == "op" and token.text in ")]}" and calls:
        calls.pop()


def _tokens(match: re.Match[str]) -> Iterator[Token]:
    kind, text, start = match.lastgroup, match.group(), match.start()
    if kind in ("number", "thousands"):
        yield Token("number", re.sub(r"[,_{}]", "", text), start)
    elif kind == "raised":
        for part in ("^", "(", *re.findall(r"\d+|[+-]", text.translate(_RAISED)), ")"):
            yield Token("number" if part.isdigit() else "op", part, start)
    elif kind == "fraction":
        yield Token("fraction", text, start)
    elif kind == "name":
        yield _named(plain_name(text), start, match.string[match.end() :][:9].lstrip()[:1])
    elif kind == "command":
        yield _commanded(plain_name(text[1:]), start)
    elif kind == "op" and text in "√∛":
        yield Token("function", "sqrt" if text == "√" else "cbrt", start)
    elif kind == "op":
        yield Token("op", _SAME.get(text, text), start)


def _named(name: str, start: int, following: str) -> Token:
    """A word, function or name; people may be called Max: a function shows by its argument."""
    word = name.lower()
    if word in _WORDS:
        return Token("op", _WORDS[word], start)
    called = following != "" and following in "({[^"
    if name in _BARE or _BASED_LOG.fullmatch(name) or (called and word in FUNCTIONS):
        return Token("function", word, start)
    return Token("name", name, start)


def _commanded(name: str, start: int) -> Token:
    if name in _COMMANDS:
        return Token("op", _COMMANDS[name], start)
    if name in _LATEX_FORMS or name in FUNCTIONS or _BASED_LOG.fullmatch(name):
        return Token("function", "frac" if name.endswith("frac") else name, start)
    if name in _CLOSING_FORMS:
        return Token("op", name, start)
    if len(name) > 1 and not name.startswith("text") and name not in ("boxed", "pm", "mathrm"):
        return Token("name", name, start)
    raise ToolError(
        f"\\{name} at position {start + 1} cannot be read. Write the mathematics alone."
    )


def plain_name(text: str) -> str:
    """A name in ASCII: Greek letters by their names, subscripts as plain digits."""
    if text.isascii():
        return text.replace("{", "").replace("}", "")
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    name = unicodedata.name(character, "")
    if name.startswith("GREEK"):
        letter = name.rsplit(" ", maxsplit=1)[-1].lower().replace("lamda", "lambda")
        return letter.capitalize() if " CAPITAL " in name else letter
    return unicodedata.normalize("NFKC", character)


def _strange(text: str, position: int) -> str:
    return (
        f"The character {text[position]!r} at position {position + 1} cannot be read here. "
        "Use numbers, names, + - * / ^ and brackets."
    )
