"""How far the quantifiers of one formula reach, seen by looking ahead over its tokens.

Finds a quantifier's head (variables, sorts, where its body starts) and whether its variable is
used after the next unit, in time linear in the text for all quantifiers together. Builds no tree.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from corollary_tools.formulas.cursor import CLOSING, QUANTIFIERS, Cursor

_VARIABLE_BEFORE_BRACKET = re.compile(r"[$?]?[u-z][0-9]?$")
_BODY_STARTS = ("name", "number", "(", "[", "~", ".", ":", "forall", "exists", "true", "false")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a quantifier: variables as written, (variable, sort) pairs, where its body is.

    A sort is a name, or where its list of members starts. reach: `unit` (the next unit), `group`
    (to the end of the enclosing bracket) or `call` (to the bracket that closes `ForAll(`).
    """

    names: tuple[str, ...]
    sorts: tuple[tuple[str, str | int], ...]
    body: int
    reach: str


class Scopes(Cursor):
    """A cursor that sees the quantifiers ahead."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._heads: dict[int, Head] = {}
        self._uses: dict[tuple[str, int, int], bool] = {}

    def head(self, at: int) -> Head:
        """The head of the quantifier at the index. Raises ToolError where no variable follows."""
        if at not in self._heads:
            self._heads[at] = self._head(at + 1)
        return self._heads[at]

    def call_head(self, at: int) -> Head:
        """The head in the call form, `([x:cats], ...`, from its bracket."""
        names, sorts, at = self._variables(at + 1)
        if self.kind_at(at) != ",":
            raise self.unexpected('"," and the formula under the variables', at)
        return Head(names, sorts, at + 1, "call")

    def _head(self, at: int) -> Head:
        at += self.tokens[at].text == "!"
        if self.kind_at(at) != "(":
            return self._plain_head(at)
        end = self.closers[at]
        inside = {token.kind for token in self.tokens[at + 1 : end]}
        if inside <= {"name", ",", ":"} and self.kind_at(end + 1) in _BODY_STARTS:
            return self._plain_head(at)
        return self.call_head(at)

    def used_after(self, names: tuple[str, ...], at: int) -> bool:
        """Whether a name is used after the unit at the index, before the enclosing bracket ends."""
        at = self._unit_end(at)
        return any(self._is_used(name, at, self._group_ends[at]) for name in names)

    def _is_used(self, name: str, at: int, end: int) -> bool:
        """Whether the name is used from `at` to `end` other than under its own quantifier."""
        passed = []
        while (key := (name, at, end)) not in self._uses:
            passed.append(key)
            places = self._places.get(name, [])
            found = bisect_left(places, at)
            if found == len(places) or places[found] >= end:
                self._uses[key] = False
            elif (binder := self._binders.get(places[found])) is None:
                self._uses[key] = True
            else:
                at = self._unit_end(binder)
        self._uses.update(dict.fromkeys(passed, self._uses[key]))
        return self._uses[key]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each name stands, in order."""
        places: dict[str, list[int]] = {}
        for index, token in enumerate(self.tokens):
            places.setdefault(token.text, []).append(index)
        return places

    @cached_property
    def _binders(self) -> dict[int, int]:
        """For each variable in the head of a quantifier, by index: the quantifier's index."""
        binders: dict[int, int] = {}
        for index, token in enumerate(self.tokens):
            if token.kind in QUANTIFIERS:
                head = self.head(index)
                binders.update(dict.fromkeys(range(index, head.body), index))
        return binders

    @cached_property
    def _group_ends(self) -> list[int]:
        """For each index, where the brackets around it close or the next comma in them is."""
        ends = list(range(len(self.tokens) + 1))
        for index in range(len(self.tokens) - 1, -1, -1):
            if self.tokens[index].kind not in (")", "]", ",", "end"):
                ends[index] = ends[self.closers.get(index, index) + 1]
        return ends

    def _plain_head(self, at: int) -> Head:
        names, sorts, at = self._variables(at)
        wide = self.kind_at(at) in (".", ":", ",")
        return Head(names, sorts, at + wide, "group" if wide else "unit")

    def _variables(self, at: int) -> tuple[tuple[str, ...], tuple[tuple[str, str | int], ...], int]:
        bracket = self.kind_at(at) in CLOSING
        at += bracket
        names: list[str] = []
        sorts: list[tuple[str, str | int]] = []
        while not names or self._one_more(at, bracket):
            at += bool(names) and self.kind_at(at) == ","
            if self.kind_at(at) != "name":
                raise self.unexpected("a variable such as x", at)
            names.append(self.tokens[at].text)
            at += 1
            colon = bracket and self.kind_at(at) == ":"
            if (colon or self._is_in(at)) and self.kind_at(at + 1) == "name":
                sorts.append((names[-1], self.tokens[at + 1].text))
                at += 2
            elif self.kind_at(at) == "in":
                if at + 1 not in self.closers:
                    raise self.unexpected('a name or a list such as ["a", "b"]', at + 1)
                sorts.append((names[-1], at + 1))
                at = self.closers[at + 1] + 1
        return tuple(names), tuple(sorts), at + bracket

    def _is_in(self, at: int) -> bool:
        """Whether `in` stands here, as a sign or as a word."""
        return self.kind_at(at) == "in" or (
            self.kind_at(at) == "name" and self.tokens[at].text.lower() == "in"
        )

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
        if after == "name" and not comma and self._is_in(at):
            return False
        return after in ("name", ".", ":", ",", "in", *QUANTIFIERS) or (comma and after == "~")

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
                    return self._group_ends[head.body]
                at = head.body
            elif kind in CLOSING:
                return self.closers[at] + 1
            elif kind == "name" and self.kind_at(at + 1) == "(":
                return self.closers[at + 1] + 1
            else:
                return at + (kind in ("name", "number", "true", "false"))
