"""A place in the tokens of one formula, and how to move it.

Guarantees matched brackets after construction. Builds no tree.
"""

from __future__ import annotations

from itertools import pairwise

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tokens import Token, tokenize

CLOSING = {"(": ")", "[": "]"}
QUANTIFIERS = ("forall", "exists")
_ENDS, _STARTS = ("name", "number", ")"), ("name", "number", "(")
_BEFORE = {
    "for": ("all", "every", "each", "any", "some"),
    "there": ("exists", "exist"),
}
_WORDS = {"all": "forall", "every": "forall", "each": "forall", "some": "exists"}


class Cursor:
    """The tokens of one text and the index of the next one."""

    def __init__(self, text: str) -> None:
        self.tokens = _with_words(tokenize(text))
        self.at = 0
        self.closers = self._closers()
        self.written = {token.text for token in self.tokens}

    @property
    def kind(self) -> str:
        """The kind of the next token."""
        return self.tokens[self.at].kind

    def kind_at(self, index: int) -> str:
        """The kind of the token at the index; `end` beyond the last."""
        return self.tokens[index].kind if index < len(self.tokens) else "end"

    def take(self, kind: str) -> Token:
        """Move over a token of this kind. Raises ToolError at any other."""
        token = self.tokens[self.at]
        if token.kind != kind:
            raise self.unexpected("a name" if kind == "name" else f'"{kind}"')
        self.at += 1
        return token

    def skip(self, kind: str) -> bool:
        """Move over a token of this kind if it is next; whether it was."""
        found = self.tokens[self.at].kind == kind
        self.at += found
        return found

    def unexpected(self, expected: str, index: int | None = None) -> ToolError:
        """The error for the next token, or the one at the index."""
        token = self.tokens[self.at if index is None else index]
        found = f'"{token.text}"' if token.text else "the end"
        return ToolError(
            f"Position {token.start + 1}: expected {expected}, found {found}. "
            "Send a formula such as forall x. cold(x) & nice(x) -> kind(x)."
        )

    def fault(self, what: str) -> ToolError:
        """The error for what was read up to here."""
        return ToolError(f"Position {self.tokens[self.at].start + 1}: {what}.")

    def touching(self, index: int) -> bool:
        """Whether nothing stands between the token at the index and its neighbours."""
        before, token, after = self.tokens[index - 1], self.tokens[index], self.tokens[index + 1]
        return before.end == token.start and token.end == after.start

    def _closers(self) -> dict[int, int]:
        """The closing bracket of each opening one, by index. Raises ToolError: one is bare."""
        opened: list[int] = []
        closers: dict[int, int] = {}
        for index, token in enumerate(self.tokens):
            if token.kind in CLOSING:
                opened.append(index)
            elif token.kind in (")", "]"):
                if not opened or CLOSING[self.tokens[opened[-1]].kind] != token.kind:
                    raise _bare(token, "closes no bracket. Leave it out or open one before it")
                closers[opened.pop()] = index
        if opened:
            raise _bare(self.tokens[opened[-1]], "is never closed. Close it or leave it out")
        return closers


def _bare(token: Token, fault: str) -> ToolError:
    return ToolError(f'Position {token.start + 1}: the bracket "{token.text}" {fault}.')


def _with_words(tokens: list[Token]) -> list[Token]:
    """The tokens with words read by place: `all x`, `a in [...]`, `a not in [...]`, `a mod 2`.

    Elsewhere `all`, `every`, `some`, `in` and `mod` are names. `for` and `there` before a
    quantifier and `such that` after it mean nothing, nor do brackets around its head.
    """
    read: list[Token] = []
    for token, after in pairwise((*tokens, tokens[-1])):
        word = token.text.lower() if token.kind == "name" else ""
        if word in _BEFORE and after.text.lower() in _BEFORE[word]:
            continue
        if word in _WORDS and after.kind == "name":
            token = token._replace(kind=_WORDS[word])
        elif word == "in" and after.kind == "[":
            negated = bool(read) and read[-1].kind == "~"
            token = token._replace(kind="not in" if negated else "in")
            read = read[: len(read) - negated]
        elif word == "mod" and read and read[-1].kind in _ENDS and after.kind in _STARTS:
            token = token._replace(kind="%")
        elif word == "that" and read and read[-1].text.lower() == "such":
            token = read.pop()._replace(kind=".")
        elif token.kind == "not exists":
            read.append(token._replace(kind="~"))
            token = token._replace(kind="exists")
        read.append(token)
    return _without_brackets(read)


def _without_brackets(tokens: list[Token]) -> list[Token]:
    """The tokens with `(forall x)` as `forall x`."""
    bare: list[Token] = []
    skipped = -1
    for index, token in enumerate(tokens):
        if token.kind == "(" and tokens[index + 1].kind in QUANTIFIERS:
            end = index + 2
            while tokens[end].kind in ("name", ","):
                end += 1
            if end > index + 2 and tokens[end].kind == ")":
                skipped = end
                continue
        if index != skipped:
            bare.append(token)
    return bare
