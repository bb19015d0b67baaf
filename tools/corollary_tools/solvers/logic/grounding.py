"""Formulas about declared functions, written out: `seat(ann)` becomes one unknown of that name.

Variables are replaced by all that they can be: what a condition lists (`x in [ann, bob]`), the
things that the function is declared of, or the values that it can have. Guarantees the same meaning
over the declared things, or a ToolError: a thing that was not declared, a variable that nothing
limits, too many cases. What cannot be (a part behind a condition that is false) is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tree import (
    And,
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
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
    Xor,
    conjunction,
    disjunction,
    walk,
)
from corollary_tools.relations import COMPARE, COMPUTE
from corollary_tools.solvers.logic.domains import Domains, case_name
from corollary_tools.solvers.logic.sorts import Labelled, counted

MAX_PARTS = 300_000
_TRUE, _FALSE = Truth(True), Truth(False)
_Binding = dict[str, Name | Number]


def ground(labelled: Labelled, domains: Domains) -> Labelled:
    """The formula without functions and variables; as it is where no function is declared."""
    if not domains.functions:
        return labelled
    return Labelled(labelled.label, _Grounding(domains).formula(labelled.formula, {}))


def ground_term(term: Term, domains: Domains) -> Term:
    """The term without functions; as it is where no function is declared."""
    return _Grounding(domains).term(term, {}) if domains.functions else term


@dataclass(slots=True)
class _Grounding:
    domains: Domains
    parts: int = 0

    def formula(self, formula: Formula, bound: _Binding) -> Formula:
        self._count()
        match formula:
            case Truth() | Atom(_, ()):
                return formula
            case Atom(predicate, arguments):
                if predicate not in self.domains.functions:
                    raise self._unknown(predicate)
                return Atom(self._case(predicate, arguments, bound))
            case Comparison(operator, left, right):
                return self._compared(operator, self.term(left, bound), self.term(right, bound))
            case Not(part):
                return _negated(self.formula(part, bound))
            case And(parts):
                return self._every(((part, bound) for part in parts), _FALSE)
            case Or(parts):
                return self._every(((part, bound) for part in parts), _TRUE)
            case Implies(left, right):
                return self._every(iter([(Not(left), bound), (right, bound)]), _TRUE)
            case Iff(left, right):
                return _same(self.formula(left, bound), self.formula(right, bound))
            case Xor(left, right):
                return _negated(_same(self.formula(left, bound), self.formula(right, bound)))
            case ForAll(variables, body) | Exists(variables, body):
                stop = _FALSE if isinstance(formula, ForAll) else _TRUE
                return self._quantified(variables, body, stop, bound)

    def _count(self) -> None:
        """Raise ToolError where there are too many parts to write out."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise ToolError(
                "The formula has too many cases over the declared things. Send it in parts."
            )

    def term(self, term: Term, bound: _Binding) -> Term:
        self._count()
        match term:
            case Variable(text):
                return bound[text]
            case Apply("abs", (below,)):
                inner = self.term(below, bound)
                return (
                    Number(abs(inner.value))
                    if isinstance(inner, Number)
                    else Apply("abs", (inner,))
                )
            case Apply(function, arguments):
                if function not in self.domains.functions:
                    raise self._unknown(function)
                return Name(self._case(function, arguments, bound))
            case Negative(below):
                inner = self.term(below, bound)
                return Number(-inner.value) if isinstance(inner, Number) else Negative(inner)
            case Arithmetic(operator, left, right):
                return _computed(operator, self.term(left, bound), self.term(right, bound))
        return term

    def _every(self, parts: Iterator[tuple[Formula, _Binding]], stop: Truth) -> Formula:
        """All parts joined; `stop` as soon as a part is that: false for `&`, true for `|`."""
        kept: list[Formula] = []
        for part, bound in parts:
            written = self.formula(part, bound)
            if written == stop:
                return stop
            if not isinstance(written, Truth):
                kept.append(written)
        if not kept:
            return Truth(not stop.value)
        return disjunction(kept) if stop.value else conjunction(kept)

    def _quantified(
        self, variables: tuple[str, ...], body: Formula, stop: Truth, bound: _Binding
    ) -> Formula:
        if not variables:
            return self.formula(body, bound)
        first, *others = variables
        rest: Formula = body
        if others:
            kind = Exists if stop.value else ForAll
            rest = kind(tuple(others), body)
        things = self._candidates(first, body, stop)
        return self._every(((rest, {**bound, first: thing}) for thing in things), stop)

    def _candidates(self, variable: str, body: Formula, stop: Truth) -> list[Name | Number]:
        """All that a variable can be."""
        listed = _listed(variable, body, stop)
        if listed is not None:
            return listed
        for node in walk(body):
            if isinstance(node, Apply | Atom) and node.arguments:
                head = node.function if isinstance(node, Apply) else node.predicate
                places = self.domains.functions.get(head, ())
                for place, argument in zip(places, node.arguments, strict=False):
                    if argument == Variable(variable):
                        return [_thing(text) for text in place]
        return self._values(variable, body)

    def _values(self, variable: str, body: Formula) -> list[Name | Number]:
        """The values of what the variable is compared with."""
        for node in walk(body):
            if isinstance(node, Comparison):
                sides = (node.left, node.right)
                if Variable(variable) in sides:
                    other = sides[sides[0] == Variable(variable)]
                    found = self._values_of(other)
                    if found:
                        return found
        raise ToolError(
            f"Nothing says what {variable} can be. Send it with a list: "
            f"forall {variable}. {variable} in [ann, bob] -> ..."
        )

    def _values_of(self, term: Term) -> list[Name | Number]:
        head = term.function if isinstance(term, Apply) else getattr(term, "text", "")
        for group in self.domains.groups:
            named = any(name == head or name.startswith(f"{head}(") for name in group.names)
            if named and group.texts:
                return [Name(text) for text in group.texts]
            if named and len(group.numbers) <= MAX_PARTS:
                return [Number(Fraction(number)) for number in group.numbers]
        return []

    def _case(self, head: str, arguments: tuple[Term, ...], bound: _Binding) -> str:
        places = self.domains.functions[head]
        if len(arguments) != len(places):
            raise ToolError(
                f"{head} was declared with {counted(len(places))}, not {len(arguments)}."
            )
        texts = []
        for argument, place in zip(arguments, places, strict=True):
            text = _text(self.term(argument, bound))
            if text not in place:
                near = get_close_matches(text, place, n=1)
                hint = (
                    f"Did you mean {near[0]}?" if near else f"Send one of {', '.join(place[:12])}."
                )
                raise ToolError(f"{text} is none of the things that {head} is declared of. {hint}")
            texts.append(text)
        return case_name(head, texts)

    def _compared(self, operator: str, left: Term, right: Term) -> Formula:
        if isinstance(left, Number) and isinstance(right, Number):
            return Truth(COMPARE[operator](left.value, right.value))
        if operator in ("==", "!=") and self._is_thing(left) and self._is_thing(right):
            return Truth((left == right) == (operator == "=="))
        return Comparison(operator, left, right)

    def _is_thing(self, term: Term) -> bool:
        """Whether the term is a thing or a value, and no unknown."""
        if isinstance(term, Number):
            return True
        return isinstance(term, Name) and self.domains.group(term.text) is None

    def _unknown(self, head: str) -> ToolError:
        near = get_close_matches(head, self.domains.functions, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Declare it with of=[...]."
        return ToolError(f"{head}(...) was not declared. {hint}")


def _listed(variable: str, body: Formula, stop: Truth) -> list[Name | Number] | None:
    """What the body's condition lists for the variable (`x in [ann, bob] -> ...`), if it does."""
    inner = body
    while isinstance(inner, ForAll | Exists):
        inner = inner.body
    if not stop.value:
        inner = inner.left if isinstance(inner, Implies) else _TRUE
    for part in inner.parts if isinstance(inner, And) else (inner,):
        things = [
            _member(variable, one) for one in (part.parts if isinstance(part, Or) else [part])
        ]
        found = [thing for thing in things if thing is not None]
        if len(found) == len(things):
            return list(dict.fromkeys(found))
    return None


def _member(variable: str, part: Formula) -> Name | Number | None:
    match part:
        case Comparison("==", Variable(text), Name() | Number() as thing) if text == variable:
            return thing
    return None


def _thing(text: str) -> Name | Number:
    return Number(Fraction(text)) if text.lstrip("-").isdigit() else Name(text)


def _text(term: Term) -> str:
    match term:
        case Name(text):
            return text
        case Number(value):
            return str(value)
    raise ToolError("Inside f(...) only things that are known can stand. Send one such as f(ann).")


def _computed(operator: str, left: Term, right: Term) -> Term:
    if not (isinstance(left, Number) and isinstance(right, Number)):
        return Arithmetic(operator, left, right)
    if operator in "/%" and right.value == 0:
        raise ToolError("Division by zero. Check the denominator.")
    return Number(COMPUTE[operator](left.value, right.value))


def _negated(formula: Formula) -> Formula:
    return Truth(not formula.value) if isinstance(formula, Truth) else Not(formula)


def _same(left: Formula, right: Formula) -> Formula:
    if isinstance(left, Truth):
        return right if left.value else _negated(right)
    if isinstance(right, Truth):
        return left if right.value else _negated(left)
    return Iff(left, right)
