"""Tokens of mathematical text: ASCII, unicode and small LaTeX, all brought to one alphabet.

Guarantees that every character of the text is part of a token or of white space (currency signs
and LaTeX spacing count as such), and that each token knows its position in the text as it was
sent. Raises ToolError for anything else. Does not know grammar (`expressions.syntax` does).
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable
from typing import Literal, NamedTuple

from corollary_tools.alphabets import check_alphabets, narrowed
from corollary_tools.errors import ToolError
from corollary_tools.expressions.latex import FORMS, GREEK, OPERATORS, WORDS, WRAPPERS, refusal

LONGEST = 4000  # characters
FUNCTIONS = frozenset((
    "sqrt", "cbrt", "root", "exp", "log", "ln", "lg", "log2", "log10", "sin", "cos", "tan", "cot",
    "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc", "arcsin", "arccos", "arctan",
    "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh", "abs", "floor",
    "ceil", "ceiling", "round", "factorial", "binomial", "choose", "perm", "min", "max", "gcd",
    "lcm", "mod", "sign", "sgn", "erf", "erfc", "gamma",
))  # fmt: skip

TokenKind = Literal["number", "name", "function", "fraction", "repeating", "op", "end"]


class Token(NamedTuple):
    """One token. text: in the one alphabet (`^`, `*`, `<=`); start: index in the text as sent."""

    kind: TokenKind
    text: str
    start: int


_GRAMMAR = re.compile(
    r"""
    (?P<space>(?:\s|[\u200b-\u200f\u2060\ufeff]|[$€£¥₹]|\\\$|\\[,;:!\ ()\[\]]
        |\\(?:quad|qquad|[bB]igg?[lr]?|left|right|displaystyle|textstyle|limits)(?![A-Za-z]))+)
  | (?P<repeating>\d*\.\d*\\(?:overline|bar)\s*\{\d+\})
  | (?P<thousands>\d{1,3}(?:(?:,|\{,\})\d{3})+(?!\d)(?:\.\d+)?)
  | (?P<number>(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+(?![\w.]))?)
  | (?P<degrees>\^\s*(?:\{\s*)?\\circ(?:\s*\})?|°)
  | (?P<op>\*\*|//|<=|>=|==|!=|[-+*/^%!|=<>(){}\[\],≤≥≠·•×⋅∙∗÷∕⁄−–—√∛∜⌊⌋⌈⌉])
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)
  | (?P<fraction>[¼-¾⅐-⅞])
  | (?P<name>[Α-ω](?:_\{\w+\}|[0-9₀-₉])*
        |(?:(?![Α-ω])[^\W\d_])(?:_\{\w+\}|(?![Α-ω⁰¹²³⁴⁵⁶⁷⁸⁹¼-¾⅐-⅞])\w)*)
  | (?P<command>\\(?:[A-Za-z]+(?:_(?:\d|[a-z](?![a-z])|\{\w+\}))?|[%{}]))
    """,
    re.VERBOSE,
)
_CALLED = re.compile(r"[a-z]+(?=\()")
_SIGNS_AFTER = frozenset(" +-*/^()[]=<>|!%}\n")
_STARTS_AFTER = frozenset(" (-+" + string.ascii_letters + string.digits)
_ALONE: dict[str, tuple[TokenKind, frozenset[str] | None]] = {
    **dict.fromkeys("+-()[]{}|,", ("op", None)),
    **dict.fromkeys("*/", ("op", _STARTS_AFTER)),
    **dict.fromkeys(string.digits, ("number", _SIGNS_AFTER)),
    **dict.fromkeys(string.ascii_letters, ("name", _SIGNS_AFTER)),
    "^": ("op", _STARTS_AFTER - {" "}),
}  # one character that is a token whatever follows (None) or where one of these does
_SAME = {
    "**": "^", "==": "=", "≤": "<=", "≥": ">=", "≠": "!=", "·": "*", "•": "*", "×": "*", "⋅": "*",
    "∙": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/", "−": "-", "–": "-", "—": "-", "⌋": "rfloor",
    "⌉": "rceil",
}  # fmt: skip
_PREFIXES = {"√": "sqrt", "∛": "cbrt", "∜": "fourth", "⌊": "lfloor", "⌈": "lceil"}
_BARE = frozenset((
    "sqrt", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "lg", "sinh", "cosh", "tanh",
))  # fmt: skip  # also without brackets: sin x
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_BASED_LOG = re.compile(r"log_([0-9]+|[a-z])")
_JOINED = re.compile(r"(sin|cos|tan|log|ln|exp)([xyz]|theta)")
_WORDS = {"of": "*", "mod": "mod", "times": "*"}
_SINGLE = re.compile(r"\s*([0-9A-Za-z])\s*(?:([0-9A-Za-z])|(?=\{))")
_WORD_GROUP = re.compile(r"\s*\{([^{}]*)\}")


def tokenise(text: str) -> list[Token]:
    """Split `text` into tokens, an `end` token last. ToolError for strange characters or length."""
    if len(text) > LONGEST:
        raise ToolError(
            f"The text has {len(text)} characters; at most {LONGEST} can be read. "
            "Send smaller parts, one at a time."
        )
    if not text.isascii():
        text = narrowed(text)
    tokens: list[Token] = []
    add, new = tokens.append, tuple.__new__  # half the time of Token(...)
    position, size, matched, followed = 0, len(text), _GRAMMAR.match, text + "\n"
    called = _CALLED.match
    while position < size:
        character = text[position]
        if character == " ":
            position += 1
            continue
        alone = _ALONE.get(character)
        if alone is not None and (alone[1] is None or followed[position + 1] in alone[1]):
            add(new(Token, (alone[0], character, position)))
            position += 1
            continue
        match = called(text, position) if character.isalpha() else None
        if match is not None and match[0] in FUNCTIONS:
            add(new(Token, ("function", match[0], position)))
            position = match.end()
            continue
        match = matched(text, position)
        if match is None:
            raise ToolError(_strange(text, position))
        kind, found, start, position = match.lastgroup, match[0], position, match.end()
        if kind == "op" and found not in _PREFIXES:
            add(new(Token, ("op", _SAME.get(found, found), start)))
        elif kind == "number" and found.isdecimal():
            add(new(Token, ("number", found, start)))
        elif kind != "space":
            position = _READERS[kind or ""](match, tokens) or position
    if not text.isascii():
        check_alphabets((token.text, token.start) for token in tokens if token.kind == "name")
    end = Token("end", "the end", size)
    return [*tokens, end, end]  # twice, so that a reader can look one further


def _read_number(match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token("number", match[0].replace("_", ""), match.start()))


def _read_thousands(match: re.Match[str], tokens: list[Token]) -> None:
    """1,200 is one number, but two arguments within a function's brackets."""
    text, start = match[0], match.start()
    if "{" in text or not _in_arguments(tokens):
        tokens.append(Token("number", re.sub(r"[,{}]", "", text), start))
        return
    for part in re.finditer(r",|[\d.]+", text):
        kind: TokenKind = "op" if part[0] == "," else "number"
        tokens.append(Token(kind, part[0], start + part.start()))


def _in_arguments(tokens: list[Token]) -> bool:
    """Whether the bracket that is open last belongs to a function."""
    depth = 0
    for place in range(len(tokens) - 1, 0, -1):
        text = tokens[place].text
        depth += (text in (")", "]", "}")) - (text in ("(", "[", "{"))
        if depth < 0:
            return tokens[place - 1].kind == "function"
    return False


def _read_raised(match: re.Match[str], tokens: list[Token]) -> None:
    start = match.start()
    for part in ("^", "(", *re.findall(r"\d+|[+-]", match[0].translate(_RAISED)), ")"):
        tokens.append(Token("number" if part.isdigit() else "op", part, start))


def _read_fraction(match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token("fraction", match[0], match.start()))


def _read_repeating(match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token("repeating", match[0], match.start()))


def _read_degrees(match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token("op", "°", match.start()))


def _read_prefix(match: re.Match[str], tokens: list[Token]) -> None:
    tokens.append(Token("function", _PREFIXES[match[0]], match.start()))


def _read_name(match: re.Match[str], tokens: list[Token]) -> None:
    name = match[0]
    if len(name) > 1 or not name.isascii():
        name = plain_name(name)
    if name == "percent" and tokens and tokens[-1].kind == "number":
        tokens.append(Token("op", "%", match.start()))
    else:
        tokens.append(_named(name, match))


def _named(name: str, match: re.Match[str]) -> Token:
    """A word, function or name; people may be called Max: a function shows by its argument."""
    start = match.start()
    word = name.lower()
    if word in _WORDS:
        return Token("op", _WORDS[word], start)
    if word in FUNCTIONS or _BASED_LOG.fullmatch(name):
        called = match.string[match.end() : match.end() + 9].lstrip()[:1] in ("(", "{", "[", "^")
        if called or name in _BARE or _BASED_LOG.fullmatch(name):
            return Token("function", word, start)
    joined = _JOINED.fullmatch(name)
    if joined:
        raise ToolError(
            f"{name!r} at position {start + 1}: write {joined[1]}({joined[2]}) for the function, "
            "or choose another name for an unknown."
        )
    return Token("name", name, start)


def _read_command(match: re.Match[str], tokens: list[Token]) -> int | None:
    """A LaTeX command. Returns where to go on, where that is beyond the command itself."""
    name, start = plain_name(match[0][1:]) if len(match[0]) > 2 else match[0][1:], match.start()
    if name in OPERATORS:
        tokens.append(Token("op", OPERATORS[name], start))
    elif name in FORMS:
        tokens.append(Token("function", FORMS[name], start))
        return _single_arguments(match, tokens)
    elif name in FUNCTIONS or _BASED_LOG.fullmatch(name):
        tokens.append(Token("function", name, start))
    elif name.split("_")[0].rstrip("0123456789") in GREEK or (len(name) == 1 and name.isalpha()):
        tokens.append(_named(name, match))
    elif name in WRAPPERS:
        return _unwrapped(match, tokens)
    else:
        return _skipped_words(match, name)
    return None


def _single_arguments(match: re.Match[str], tokens: list[Token]) -> int | None:
    r"""The arguments of \frac12 and \frac1{x}, which stand without braces."""
    single = _SINGLE.match(match.string, match.end())
    if single is None or tokens[-1].text not in ("frac", "binom"):
        return None
    for group in (1, 2):
        if single[group]:
            start = single.start(group)
            kind: TokenKind = "number" if single[group].isdecimal() else "name"
            tokens += [Token("op", "{", start), Token(kind, single[group], start)]
            tokens.append(Token("op", "}", start))
    return single.end()


def _unwrapped(match: re.Match[str], tokens: list[Token]) -> int | None:
    r"""\mathrm{e}, \operatorname{lcm}(4, 6): the word itself; \boxed{...}: what stands in it."""
    group = _WORD_GROUP.match(match.string, match.end())
    if group is None or not group[1].strip().isalpha():
        return None
    word = re.compile(r"[A-Za-z]+").search(match.string, group.start(1))
    assert word is not None
    token = _named(word[0], word)
    called = match.string[group.end() : group.end() + 9].lstrip()[:1] in ("(", "{", "[", "^")
    if called and word[0].lower() in FUNCTIONS:
        token = Token("function", word[0].lower(), word.start())
    tokens.append(token)
    return group.end()


def _skipped_words(match: re.Match[str], name: str) -> int:
    r"""A unit after the last number, as in 5\text{ cm}, is left out; nothing else is."""
    group = _WORD_GROUP.match(match.string, match.end())
    last = group is not None and not match.string[group.end() :].strip(" .$")
    if name in WORDS and group is not None and last and match.string[: match.start()].strip():
        return group.end()
    raise ToolError(refusal(name, match.start()))


def plain_name(text: str) -> str:
    """A name in ASCII: Greek letters by their names, subscripts as plain digits."""
    if text.isascii():
        return text.replace("{", "").replace("}", "") if "{" in text else text
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    name = unicodedata.name(character, "")
    if name.startswith("GREEK"):
        letter = name.rsplit(" ", maxsplit=1)[-1].lower().replace("lamda", "lambda")
        return letter.capitalize() if " CAPITAL " in name else letter
    return unicodedata.normalize("NFKC", character)


def _strange(text: str, position: int) -> str:
    where = f"The character {text[position]!r} at position {position + 1} cannot be read here."
    return f"{where} {_CHARACTERS.get(text[position], _ALPHABET)}"


_ALPHABET = "Use numbers, names, + - * / ^ and brackets."
_CHARACTERS = {
    "±": "It stands for two values: send one expression for each.",
    "∞": "Infinity is read only as a bound or as what is approached, alone.",
    ":": "Write / for a ratio.",
    ";": "Send one expression.",
    "≈": "Write = or send the exact value.",
}
_READERS: dict[str, Callable[[re.Match[str], list[Token]], int | None]] = {
    "number": _read_number,
    "thousands": _read_thousands,
    "raised": _read_raised,
    "fraction": _read_fraction,
    "repeating": _read_repeating,
    "degrees": _read_degrees,
    "op": _read_prefix,
    "name": _read_name,
    "command": _read_command,
}
