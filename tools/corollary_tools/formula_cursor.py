"""A place in the tokens of one formula, and what can be seen from there without reading on.

Guarantees matched brackets after construction. Finds the head of a quantifier (its variables and
how far it reaches) by looking ahead in linear time. Builds no tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corollary_tools.errors import ToolError
from corollary_tools.formula_tokens import Token, tokenize

CLOSING = {"(": ")", "[": "]"}
QUANTIFIERS = ("forall", "exists")
_WORDS = {"all": "forall", "every": "forall", "some": "exists"}
_VARIABLE_BEFORE_BRACKET = re.compile(r"[$?]?[u-z][0-9]?$")
_BODY_STARTS = ("name", "number", "(", "[", "~", ".", ":", "forall", "exists", "true", "false")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a quantifier: variables as written, (variable, sort) pairs, where its body is.

    reach: `unit` (the next unit), `group` (to the end of the enclosing bracket) or `call` (to the
    bracket that closes `ForAll(`).
    """

    names: tuple[str, ...]
    sorts: tuple[tuple[str, str], ...]
    body: int
    reach: str


class Cursor:
    """The tokens of one text and the index of the next one."""

    def __init__(self, text: str) -> None:
        self.tokens = _with_word_quantifiers(tokenize(text))
        self.at = 0
        self.closers = self._closers()

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

    def touching(self, index: int) -> bool:
        """Whether nothing stands between the token at the index and its neighbours."""
        before, token, after = self.tokens[index - 1], self.tokens[index], self.tokens[index + 1]
        return before.end == token.start and token.end == after.start

    # -- looking ahead ------------------------------------------------------------------------

    def head(self, at: int) -> Head:
        """The head of the quantifier at the index. Raises ToolError where no variable follows."""
        at += 1
        if self.kind_at(at) != "(":
            return self._plain_head(at)
        end = self.closers[at]
        inside = {token.kind for token in self.tokens[at + 1 : end]}
        if inside <= {"name", ",", ":"} and self.kind_at(end + 1) in _BODY_STARTS:
            return self._plain_head(at)
        names, sorts, at = self._variables(at + 1)
        if self.kind_at(at) != ",":
            raise self.unexpected('"," and the formula under the variables', at)
        return Head(names, sorts, at + 1, "call")

    def used_after(self, names: tuple[str, ...], at: int) -> bool:
        """Whether a name is used after the unit at the index, before the enclosing bracket ends."""
        at = self._unit_end(at)
        while self.kind_at(at) not in (")", "]", ",", "end"):
            token = self.tokens[at]
            if token.kind in QUANTIFIERS and set(names) & set(self.head(at).names):
                at = self._unit_end(at)
                continue
            if token.kind == "name" and token.text in names:
                return True
            at += 1
        return False

    def _plain_head(self, at: int) -> Head:
        names, sorts, at = self._variables(at)
        wide = self.kind_at(at) in (".", ":", ",")
        return Head(names, sorts, at + wide, "group" if wide else "unit")

    def _variables(self, at: int) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], int]:
        bracket = self.kind_at(at) in CLOSING
        at += bracket
        names: list[str] = []
        sorts: list[tuple[str, str]] = []
        while not names or self._one_more(at, bracket):
            at += bool(names) and self.kind_at(at) == ","
            if self.kind_at(at) != "name":
                raise self.unexpected("a variable such as x", at)
            names.append(self.tokens[at].text)
            at += 1
            if bracket and self.kind_at(at) == ":" and self.kind_at(at + 1) == "name":
                sorts.append((names[-1], self.tokens[at + 1].text))
                at += 2
        return tuple(names), tuple(sorts), at + bracket

    def _one_more(self, at: int, bracket: bool) -> bool:
        """Whether one more variable follows: `forall x y. ...`, but not `forall x p(x)`."""
        if bracket:
            return self.kind_at(at) not in (")", "]")
        comma = self.kind_at(at) == ","
        at += comma
        if self.kind_at(at) != "name":
            return False
        after = self.kind_at(at + 1)
        if after == "(":
            return _VARIABLE_BEFORE_BRACKET.match(self.tokens[at].text) is not None
        return after in ("name", ".", ":", ",", *QUANTIFIERS) or (comma and after == "~")

    def _unit_end(self, at: int) -> int:
        """The index after the unit that starts here: an atom, a bracket, and what stands before."""
        while True:
            kind = self.kind_at(at)
            if kind in ("~", "-"):
                at += 1
            elif kind in QUANTIFIERS:
                head = self.head(at)
                if head.reach == "call":
                    return self.closers[at + 1] + 1
                if head.reach == "group":
                    return self._group_end(head.body)
                at = head.body
            elif kind in CLOSING:
                return self.closers[at] + 1
            elif kind == "name" and self.kind_at(at + 1) == "(":
                return self.closers[at + 1] + 1
            else:
                return at + (kind in ("name", "number", "true", "false"))

    def _group_end(self, at: int) -> int:
        while self.kind_at(at) not in (")", "]", ",", "end"):
            at = self.closers.get(at, at) + 1
        return at

    def _closers(self) -> dict[int, int]:
        """The closing bracket of each opening one, by index. Raises ToolError: one is bare."""
        opened: list[int] = []
        closers: dict[int, int] = {}
        for index, token in enumerate(self.tokens):
            if token.kind in CLOSING:
                opened.append(index)
            elif token.kind in (")", "]"):
                if not opened or CLOSING[self.tokens[opened[-1]].kind] != token.kind:
                    raise self.unexpected("another sign (this closes no bracket)", index)
                closers[opened.pop()] = index
        if opened:
            raise self.unexpected('")" for this bracket before the end', opened[-1])
        return closers


def _with_word_quantifiers(tokens: list[Token]) -> list[Token]:
    """`all x`, `every x`, `some x` are quantifiers; `all(x)` and `some` alone are names."""
    for i, token in enumerate(tokens):
        if token.kind == "name" and tokens[i + 1].kind == "name" and token.text.lower() in _WORDS:
            tokens[i] = token._replace(kind=_WORDS[token.text.lower()])
    return tokens
