"""Names while a formula is read: which are variables, and where one name ends.

Guarantees that every variable in the tree is bound by exactly the quantifier that its text is
under, in lower case where that is free, and that a name is words, digits and `_` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from corollary_tools.errors import ToolError
from corollary_tools.formulas.scopes import Scopes
from corollary_tools.formulas.tokens import Token, means_something
from corollary_tools.formulas.tree import Name, Term, Variable

MAX_NAME = 60
_LOOSE_VARIABLE = re.compile(r"[u-z][0-9]?$")


class Names(Scopes):
    """A cursor that knows which variables are bound where it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.inside_call = False
        self.scopes: list[dict[str, str]] = []
        self.open_variables: dict[str, str] = {}
        self._variables_met: set[str] = set()
        self._argument_names: dict[str, Token] = {}

    def take_name(self) -> Name | Variable:
        """Move over a name with all its words."""
        text = self.take("name").text
        bare = text.lstrip("$?")
        for scope in reversed(self.scopes):
            if bare in scope:
                return Variable(scope[bare])
        if bare != text:
            return Variable(self._opened(bare))
        name = self._joined(bare)
        if len(name) > MAX_NAME:
            raise ToolError(f"The name {name[:20]}... is longer than {MAX_NAME} characters.")
        return Name(name)

    def scope(self, names: tuple[str, ...]) -> dict[str, str]:
        """What each variable of a quantifier is called in the tree."""
        bare = [name.lstrip("$?") for name in names]
        self._variables_met.update(bare)
        return {n: n if n.lower() in self.written else n.lower() for n in bare}

    def fresh(self, name: str) -> str:
        """A variable that is written nowhere, made from the name."""
        number = 1
        while f"{name}{number}" in self.written:
            number += 1
        self.written.add(f"{name}{number}")
        return f"{name}{number}"

    def note_arguments(self, terms: Iterable[Term], head: Token) -> None:
        """Remember which names are arguments, for `check_bound`."""
        for term in terms:
            if isinstance(term, Name):
                self._argument_names.setdefault(term.text, head)

    def check_bound(self) -> None:
        """Raise ToolError where an argument is a variable that no quantifier binds."""
        for name, head in self._argument_names.items():
            if _LOOSE_VARIABLE.match(name) or name in self._variables_met:
                raise ToolError(
                    f"Position {head.start + 1}: {name} in {head.text}(...) is a variable that no "
                    f"quantifier binds. Send forall {name}. ... or exists {name}. ... around it, "
                    "or the name of a thing."
                )

    def _opened(self, bare: str) -> str:
        """What `$x` is called in the tree; the whole formula is for all of it."""
        if bare not in self.open_variables:
            lower = f"v_{bare.lower()}" if means_something(bare) else bare.lower()
            taken = lower in self.written or lower in self.open_variables.values()
            self.open_variables[bare] = self.fresh(lower) if taken else lower
        return self.open_variables[bare]

    def _joined(self, text: str) -> str:
        """The name with its other words: `Anti-abortion(x)`, `likes(bald eagle)`, `U.S`."""
        while self.inside_call and self.kind == "name" and self.tokens[self.at].text[0] not in "$?":
            text = f"{text}_{self.take('name').text}"
        while self.kind in (".", "-") and self.kind_at(self.at + 1) == "name":
            free = self.kind == "." or self.inside_call or self._is_hyphenated_call(text)
            marked = self.tokens[self.at + 1].text[0] in "$?"
            if marked or not (free and self.touching(self.at)):
                break
            text = f"{text}_{self.tokens[self.at + 1].text}"
            self.at += 2
        return text

    def _is_hyphenated_call(self, text: str) -> bool:
        at = self.at
        while self.kind_at(at) == "-" and self.kind_at(at + 1) == "name" and self.touching(at):
            at += 2
        return text[0].isupper() and self.kind_at(at) == "("
