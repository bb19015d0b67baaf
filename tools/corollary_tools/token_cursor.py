"""A place in a list of tokens, and what to say when the wrong one stands there.

Every message gives the token and its position in the text as it was sent, counted from 1.
"""

from __future__ import annotations

from corollary_tools.errors import ToolError
from corollary_tools.notation import Token


class TokenCursor:
    """Steps over tokens; the last two are `end` tokens. token: the one that is next."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.token = tokens[0]

    def take(self) -> Token:
        """Return the next token and step over it."""
        token = self.token
        self.index += 1
        self.token = self.tokens[self.index]
        return token

    def back(self) -> None:
        """Step back by one token."""
        self.index -= 1
        self.token = self.tokens[self.index]

    def accept(self, *texts: str) -> bool:
        """Step over the next token where it is one of these operators."""
        if self.token.kind == "op" and self.token.text in texts:
            self.take()
            return True
        return False

    def expect(self, text: str, opened: Token) -> None:
        """Step over the bracket that closes `opened`. ToolError where another token stands."""
        if not self.accept(text):
            raise ToolError(f"{at(self.token)}: expected {text!r} to close {at(opened)}.")

    def expect_end(self) -> None:
        """ToolError where anything is left."""
        if self.token.kind != "end":
            raise ToolError(self.unexpected("expected an operator or the end"))

    def unexpected(self, wanted: str) -> str:
        """What to tell a model about the next token."""
        if self.token.text == ",":
            wanted += "; a comma stands between arguments of a function or thousands, as in 1,200"
        return f"{at(self.token)}: {wanted}."


def at(token: Token) -> str:
    """A token and its place, in words."""
    return f"{token.text!r} at position {token.start + 1}" if token.kind != "end" else "At the end"


def end(token: Token) -> int:
    """Where the token ends in the text."""
    return token.start + len(token.text)
