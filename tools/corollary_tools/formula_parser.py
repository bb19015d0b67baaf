"""Reading formulas: a precedence parser over tokens, without backtracking or evaluation.

Accepts what people and models write (unicode, ASCII, LaTeX, Python-like, `ForAll([x], ...)`,
Logic-LM's `Cold($x, True)`), and gives one normal form. A quantifier with a dot or colon reaches
as far right as it can; without one it takes the next unit only (`∀x (...)`), unless its variable
is used after that. Raises ToolError with the position, what was expected and what to send.
"""

from __future__ import annotations

import re
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.formula_cursor import CLOSING, QUANTIFIERS
from corollary_tools.formula_scopes import Head, Scopes
from corollary_tools.formula_text import ADD, COMPARE, MINUS, MULTIPLY, POWER
from corollary_tools.formula_tokens import Token
from corollary_tools.formula_tree import (
    TERMS,
    Apply,
    Arithmetic,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Term,
    Truth,
    Variable,
    Xor,
    conjunction,
    disjunction,
    extent,
    quantified,
)

MAX_DEPTH = 60
MAX_NODES = 1_000
MAX_NAME = 60
MAX_DIGITS = 40
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_MEMBERSHIP = ("in", "not in")
_BINDING = {
    **{symbol: power for symbol, power in POWER.items() if symbol != "~"},
    **dict.fromkeys((*_COMPARISONS, *_MEMBERSHIP), COMPARE),
    **dict.fromkeys("+-", ADD),
    **dict.fromkeys("*/%", MULTIPLY),
    "^": MINUS,
}
_CONNECTIVES: dict[str, type[Implies] | type[Iff] | type[Xor]] = {
    "->": Implies,
    "<->": Iff,
    "xor": Xor,
}
_LOOSE_VARIABLE = re.compile(r"[u-z][0-9]?$")
_DIFFERENT = ("alldifferent", "alldifferentconstraint", "distinct")


def parse_formula(text: str) -> Formula:
    """Read one formula in any of the accepted notations.

    Raises ToolError: bad text, more than 60 levels or 1000 parts, a variable that is not bound.
    """
    formula = _Parser(text).whole()
    nodes, deepest = extent(formula)
    if nodes > MAX_NODES:
        raise ToolError(f"The formula has {nodes} parts, {MAX_NODES} are read. Send it in parts.")
    if deepest > MAX_DEPTH:
        raise _too_deep()
    return formula


class _Parser(Scopes):
    """One reading of one text: besides the place, which variables are bound there."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.level = 0
        self.inside_call = False
        self.scopes: list[dict[str, str]] = []
        self.open_variables: dict[str, str] = {}
        self.variables: set[str] = set()
        self.argument_names: dict[str, Token] = {}

    def whole(self) -> Formula:
        formula = self.formula(self.expression(0))
        if self.kind != "end":
            raise self.unexpected("the end of the formula or one of & | xor -> <->")
        for name, token in self.argument_names.items():
            if _LOOSE_VARIABLE.match(name) or name in self.variables:
                raise _unbound(name, token)
        if self.open_variables:
            return quantified(ForAll, tuple(self.open_variables.values()), formula)
        return formula

    # -- expressions --------------------------------------------------------------------------

    def expression(self, power: int) -> Node:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise _too_deep()
        left = self.prefix()
        while (binding := _BINDING.get(self.kind, 0)) > power:
            left = self.infix(left, binding)
        self.level -= 1
        return left

    def infix(self, left: Node, binding: int) -> Node:
        symbol = self.kind
        if symbol in ("&", "|"):
            return self.series(symbol, left, binding)
        if symbol in _MEMBERSHIP:
            return self.membership(self.term(left))
        if binding == COMPARE:
            return self.comparison(left)
        if symbol == "^":
            raise self.unexpected('& or xor ("^" can mean several things)')
        self.at += 1
        if binding > COMPARE:
            return Arithmetic(symbol, self.term(left), self.term(self.expression(binding)))
        before = self.formula(left)
        after = self.formula(self.expression(binding - 1 if symbol == "->" else binding))
        return _CONNECTIVES[symbol](before, after)

    def series(self, symbol: str, left: Node, binding: int) -> Formula:
        parts = [self.formula(left)]
        while self.skip(symbol):
            parts.append(self.formula(self.expression(binding)))
        return conjunction(parts) if symbol == "&" else disjunction(parts)

    def comparison(self, left: Node) -> Formula:
        """One comparison or a chain of them: `1 <= a < b` is `1 <= a & a < b`."""
        parts: list[Formula] = []
        while self.kind in _COMPARISONS:
            symbol = self.take(self.kind).kind
            right = self.expression(COMPARE)
            parts.append(self.compared(symbol, left, right))
            left = right
        return conjunction(parts)

    def membership(self, left: Term) -> Formula:
        """`a in [b, c]` is `a == b | a == c`."""
        negated = self.kind == "not in"
        self.at += 1
        members = self.bracketed("[")
        within = disjunction([Comparison("==", left, self.term(member)) for member in members])
        return Not(within) if negated else within

    def compared(self, symbol: str, left: Node, right: Node) -> Formula:
        if isinstance(left, TERMS) and isinstance(right, TERMS):
            return Comparison(symbol, left, right)
        if symbol not in ("==", "!="):
            raise self.unexpected(f"numbers on both sides of {symbol} before this, not a formula")
        same = symbol == "=="
        left, right = (right, left) if isinstance(left, Truth) else (left, right)
        if isinstance(right, Truth):
            return self.formula(left) if right.value == same else Not(self.formula(left))
        both = Iff(self.formula(left), self.formula(right))
        return both if same else Not(both)

    # -- what an expression starts with -------------------------------------------------------

    def prefix(self) -> Node:
        token = self.tokens[self.at]
        match token.kind:
            case "name":
                return self.named()
            case "number":
                return self.number()
            case "(" | "[":
                return self.group(CLOSING[token.kind])
            case "~":
                self.at += 1
                return Not(self.formula(self.expression(POWER["~"])))
            case "-":
                self.at += 1
                return _negative(self.term(self.expression(MINUS)))
            case "forall" | "exists":
                return self.quantifier()
            case "true" | "false":
                self.at += 1
                return Truth(token.kind == "true")
            case "&" | "|" | "xor" | "->" | "<->" if self.kind_at(self.at + 1) == "(":
                return self.connective(token.kind)
        raise self.unexpected("a name, a bracket, ~ or a quantifier")

    def number(self) -> Number:
        text = self.take("number").text
        if len(text) > MAX_DIGITS:
            raise ToolError(f"The number {text[:20]}... is longer than {MAX_DIGITS} digits.")
        return Number(Fraction(text))

    def group(self, closing: str) -> Node:
        self.at += 1
        inside = self.expression(0)
        self.take(closing)
        return inside

    def connective(self, symbol: str) -> Formula:
        """`And(a, b)`, `Or([a, b])`, `Implies(a, b)`, `Xor(a, b)`, `Iff(a, b)`."""
        self.at += 1
        parts = [self.formula(part) for part in self.listed()]
        if symbol in ("&", "|"):
            return conjunction(parts) if symbol == "&" else disjunction(parts)
        if len(parts) != 2:
            raise self.unexpected(f"two formulas in the brackets of {symbol} before this")
        return _CONNECTIVES[symbol](parts[0], parts[1])

    def listed(self) -> list[Node]:
        """Expressions in round brackets, with or without square ones inside."""
        square = self.kind_at(self.at + 1) == "["
        if square and self.closers[self.at + 1] + 1 == self.closers.get(self.at):
            self.at += 1
            parts = self.bracketed("[")
            self.take(")")
            return parts
        return self.bracketed("(")

    def bracketed(self, opening: str) -> list[Node]:
        """One or more expressions with commas between them, in brackets."""
        self.take(opening)
        parts = [self.expression(0)]
        while self.skip(","):
            parts.append(self.expression(0))
        self.take(CLOSING[opening])
        return parts

    # -- names and calls ----------------------------------------------------------------------

    def named(self) -> Node:
        token = self.take("name")
        bare = token.text.lstrip("$?")
        for scope in reversed(self.scopes):
            if bare in scope:
                return Variable(scope[bare])
        if bare != token.text:
            return Variable(self.opened(bare))
        text = self.joined(bare)
        if len(text) > MAX_NAME:
            raise ToolError(f"The name {text[:20]}... is longer than {MAX_NAME} characters.")
        return self.call(text, token) if self.kind == "(" else Name(text)

    def opened(self, bare: str) -> str:
        """What `$x` is called in the tree; the whole formula is for all of it."""
        if bare not in self.open_variables:
            name = bare.lower()
            while name in self.written or name in self.open_variables.values():
                name += "1"
            self.open_variables[bare] = name
        return self.open_variables[bare]

    def joined(self, text: str) -> str:
        """The name with its other words: `Anti-abortion(x)`, `likes(bald eagle)`, `U.S`."""
        while self.inside_call and self.kind == "name" and self.tokens[self.at].text[0] not in "$?":
            text = f"{text}_{self.take('name').text}"
        while self.kind in (".", "-") and self.kind_at(self.at + 1) == "name":
            free = self.kind == "." or self.inside_call or self.is_hyphenated_call(text)
            if not (free and self.touching(self.at)):
                break
            text = f"{text}_{self.tokens[self.at + 1].text}"
            self.at += 2
        return text

    def is_hyphenated_call(self, text: str) -> bool:
        at = self.at
        while self.kind_at(at) == "-" and self.kind_at(at + 1) == "name" and self.touching(at):
            at += 2
        return text[0].isupper() and self.kind_at(at) == "("

    def call(self, head: str, token: Token) -> Node:
        lowered = head.lower()
        if lowered in _DIFFERENT:
            return self.different()
        if lowered == "if":
            return self.choice()
        outside, self.inside_call = self.inside_call, lowered != "abs"
        parts = self.listed()
        self.inside_call = outside
        last = parts[-1]
        if isinstance(last, Truth) and len(parts) > 1:
            atom = Atom(head, self.arguments(parts[:-1], token))
            return atom if last.value else Not(atom)
        return Apply("abs" if lowered == "abs" else head, self.arguments(parts, token))

    def arguments(self, parts: list[Node], token: Token) -> tuple[Term, ...]:
        terms = tuple(self.term(part) for part in parts)
        if token.text.lower() != "abs":
            names = (term.text for term in terms if isinstance(term, Name))
            for name in names:
                self.argument_names.setdefault(name, token)
        return terms

    def different(self) -> Formula:
        terms = [self.term(part) for part in self.listed()]
        pairs = ((a, b) for i, a in enumerate(terms) for b in terms[i + 1 :])
        return conjunction([Comparison("!=", a, b) for a, b in pairs])

    def choice(self) -> Formula:
        """`If(a, b, c)` is `(a -> b) & (~a -> c)`; `If(a, b)` is `a -> b`."""
        parts = [self.formula(part) for part in self.listed()]
        if len(parts) not in (2, 3):
            raise self.unexpected("two or three formulas in the brackets of If before this")
        rules: list[Formula] = [Implies(parts[0], parts[1])]
        rules += [Implies(Not(parts[0]), part) for part in parts[2:]]
        return conjunction(rules)

    # -- quantifiers --------------------------------------------------------------------------

    def quantifier(self) -> Formula:
        kind = ForAll if self.kind == QUANTIFIERS[0] else Exists
        head = self.head(self.at)
        self.at = head.body
        tight = head.reach == "unit" and not self.used_after(head.names, head.body)
        scope = self.scope(head.names)
        self.scopes.append(scope)
        body = self.formula(self.expression(POWER["~"] if tight else 0))
        self.scopes.pop()
        if head.reach == "call":
            self.take(")")
        return quantified(kind, tuple(scope.values()), _guarded(kind, head, scope, body))

    def scope(self, names: tuple[str, ...]) -> dict[str, str]:
        """What each variable is called in the tree: lower case, unless that is written too."""
        bare = [name.lstrip("$?") for name in names]
        self.variables.update(bare)
        return {n: n if n.lower() in self.written else n.lower() for n in bare}

    # -- formula or term ----------------------------------------------------------------------

    def formula(self, node: Node) -> Formula:
        """The node as a formula: a bare word is a proposition, a call is an atom."""
        match node:
            case Name(text):
                return Atom(text)
            case Apply(function, arguments) if function != "abs":
                return Atom(function, arguments)
            case Negative(Name() | Apply() as below):
                return Not(self.formula(below))
            case Name() | Variable() | Number() | Apply() | Negative() | Arithmetic():
                raise self.unexpected(
                    "a comparison such as a == 1: what stands before this is no formula,"
                )
        return node

    def term(self, node: Node) -> Term:
        """The node as a term. Raises ToolError where it is a formula."""
        if isinstance(node, TERMS):
            return node
        raise self.unexpected("a name or a number before this, not a formula")


def _guarded(
    kind: type[ForAll] | type[Exists], head: Head, scope: dict[str, str], body: Formula
) -> Formula:
    """`ForAll([s:songs], p)` says that of songs only."""
    for name, sort in reversed(head.sorts):
        guard = Atom(sort, (Variable(scope[name.lstrip("$?")]),))
        body = Implies(guard, body) if kind is ForAll else conjunction([guard, body])
    return body


def _negative(term: Term) -> Term:
    return Number(-term.value) if isinstance(term, Number) else Negative(term)


def _too_deep() -> ToolError:
    return ToolError(f"The formula is nested deeper than {MAX_DEPTH}. Send it in parts.")


def _unbound(name: str, token: Token) -> ToolError:
    return ToolError(
        f"Position {token.start + 1}: {name} in {token.text}(...) is a variable that no quantifier "
        f"binds. Send forall {name}. ... or exists {name}. ... around it, or the name of a thing."
    )
