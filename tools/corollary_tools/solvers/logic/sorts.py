"""What the names of a theory stand for: things, numbers, truth values.

Sorts are inferred over all formulas together: places that must agree are joined, and how they are
used decides. Guarantees one arity and one use for every predicate and function, and known names
where names were declared; else a ToolError that says where. Knows nothing of z3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tree import (
    Apply,
    Arithmetic,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    Term,
    Variable,
    children,
)

Sort = str  # "thing", "number", "truth", or "words 1", "words 2", ... for declared words
Place = tuple[object, ...]
_ORDER = ("<", "<=", ">", ">=")
_WORDS = {"thing": "a thing", "number": "a number", "truth": "a statement that is true or false"}
_DECLARED_WORD = "one of the declared words"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A formula with the label of what it formalises: a statement's number, an option's letter."""

    label: str
    formula: Formula


@dataclass(slots=True)
class _Class:
    """Places that must have one sort: the sort where known, and how they are used."""

    places: list[Place]
    sort: Sort | None = None
    numeral: bool = False
    argument: bool = False

    @property
    def role(self) -> Sort:
        """How the places are used so far, for an error."""
        return self.sort or ("number" if self.numeral else "thing")


def _agree(one: _Class, two: _Class) -> bool:
    """Whether places of both can have one sort."""
    sorts = {one.sort, two.sort} - {None}
    if len(sorts) != 1:
        return not sorts
    (sort,) = sorts
    numeral, argument = one.numeral or two.numeral, one.argument or two.argument
    if sort == "truth":
        return not numeral and not argument
    return sort in ("thing", "number") or not numeral


@dataclass(slots=True)
class Sorts:
    """The sorts of one theory, filled by `read`.

    declared: the sort of each declared name and value; where it is not empty no other name and no
    predicate is accepted. names: in order of appearance. equality: whether terms are compared by
    == or !=. fractions: whether a number may not be whole.
    """

    declared: Mapping[str, Sort] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    predicates: dict[str, int] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)
    equality: bool = False
    fractions: bool = False
    _classes: dict[Place, _Class] = field(default_factory=dict)
    _scopes: list[dict[str, Place]] = field(default_factory=list)
    _quantified: dict[int, dict[str, Place]] = field(default_factory=dict)
    _read: list[Formula] = field(default_factory=list)
    _where: dict[str, str] = field(default_factory=dict)
    _label: str = ""

    def __post_init__(self) -> None:
        for name, sort in self.declared.items():
            self._be(("name", name), sort)
            self._where[name] = "declaration"

    def read(self, labelled: Labelled) -> None:
        """Take one formula in. Raises ToolError where it cannot agree with what was read before."""
        self._label = labelled.label
        self._read.append(labelled.formula)  # Places are known by their nodes, which must live.
        self._node(labelled.formula)

    def of(self, place: Place) -> Sort:
        """The sort of a place: as used, or a number where only numerals meet, or a thing."""
        found = self._class(place)
        if found.sort is not None:
            return found.sort
        return "number" if found.numeral and not found.argument else "thing"

    def of_variables(self, node: ForAll | Exists) -> dict[str, Sort]:
        """The sorts of the variables of a quantifier that was read."""
        return {name: self.of(place) for name, place in self._quantified[id(node)].items()}

    # -- formulas -----------------------------------------------------------------------------

    def _node(self, node: Node) -> None:
        match node:
            case Atom(predicate, ()):
                self._be(self._name(predicate), "truth")
            case Atom(predicate, arguments):
                self._call(predicate, arguments, self.predicates)
            case Comparison(operator, left, right):
                place = self._join(self._term(left), self._term(right))
                self.equality = self.equality or operator not in _ORDER
                if operator in _ORDER and not self.of(place).startswith("words"):
                    self._be(place, "number")
            case ForAll(variables, body) | Exists(variables, body):
                self._quantifier(node, variables, body)
            case _:
                for below in children(node):
                    self._node(below)

    def _quantifier(self, node: Node, variables: tuple[str, ...], body: Formula) -> None:
        fresh: dict[str, Place] = {name: ("variable", id(node), name) for name in variables}
        self._quantified[id(node)] = fresh
        self._scopes.append(fresh)
        self._node(body)
        self._scopes.pop()

    # -- terms --------------------------------------------------------------------------------

    def _term(self, term: Term) -> Place:
        match term:
            case Name(text):
                return self._name(text)
            case Variable(text):
                return next(scope[text] for scope in reversed(self._scopes) if text in scope)
            case Number(value):
                self.fractions = self.fractions or value.denominator != 1
                self._class(place := ("numeral", id(term))).numeral = True
                return place
            case Apply("abs", (below,)) | Negative(below):
                return self._be(self._term(below), "number")
            case Arithmetic(operator, left, right):
                self.fractions = self.fractions or operator == "/"
                return self._be(self._join(self._term(left), self._term(right)), "number")
            case Apply(function, arguments):
                self._call(function, arguments, self.functions)
                return ("result", function)

    def _call(self, head: str, arguments: tuple[Term, ...], heads: dict[str, int]) -> None:
        if self.declared:
            raise ToolError(
                f"{head}(...) says nothing of what was declared. "
                "Send comparisons of declared names, such as a < b or a == 2."
            )
        self._check_use(head, len(arguments), heads)
        for index, argument in enumerate(arguments):
            place = ("argument", head, index)
            self._class(place).argument = True
            self._join(place, self._term(argument))

    def _check_use(self, head: str, count: int, heads: dict[str, int]) -> None:
        other = self.functions if heads is self.predicates else self.predicates
        if head in other:
            kinds = ["a statement", "a thing or number"]
            raise self._clash(head, *(kinds if heads is self.functions else kinds[::-1]))
        if heads.setdefault(head, count) != count:
            raise self._clash(head, f"with {counted(heads[head])}", f"with {counted(count)}")
        self._where.setdefault(head, self._label)

    def _name(self, text: str) -> Place:
        self.names.setdefault(text)
        self._where.setdefault(text, self._label)
        place = ("name", text)
        if self.declared:
            if text not in self.declared:
                raise unknown_name(text, tuple(self.declared))
            self._be(place, self.declared[text])
        return place

    # -- places -------------------------------------------------------------------------------

    def _class(self, place: Place) -> _Class:
        found = self._classes.get(place)
        if found is None:
            found = self._classes[place] = _Class([place])
        return found

    def _be(self, place: Place, sort: Sort) -> Place:
        found = self._class(place)
        if not _agree(found, _Class([], sort)):
            raise self._mismatch(found, found.role, sort)
        found.sort = sort
        return place

    def _join(self, left: Place, right: Place) -> Place:
        one, two = self._class(left), self._class(right)
        if one is two:
            return left
        if not _agree(one, two):
            raise self._mismatch(two, two.role, one.role)
        one.sort = one.sort or two.sort
        one.numeral |= two.numeral
        one.argument |= two.argument
        one.places += two.places
        self._classes.update(dict.fromkeys(two.places, one))
        return left

    # -- errors -------------------------------------------------------------------------------

    def _mismatch(self, found: _Class, one: Sort, two: Sort) -> ToolError:
        names = [str(place[1]) for place in found.places if place[0] in ("name", "result")]
        what = names[0] if names else "a variable or number"
        return self._clash(what, _described(one), _described(two))

    def _clash(self, what: str, there: str, here: str) -> ToolError:
        before = _placed(self._where.get(what, self._label))
        return ToolError(
            f"{what} is used in two ways: {before} {there}, {_placed(self._label)} {here}. "
            "Send it the same way in every formula."
        )


def _placed(label: str) -> str:
    """Where a label is, in words."""
    if label.isdigit():
        return f"in formula {label}"
    return f"in option {label}" if len(label) == 1 else f"in the {label}"


def unknown_name(text: str, known: tuple[str, ...]) -> ToolError:
    """The error for a name that was not declared, with the nearest that was."""
    near = get_close_matches(text, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Send one of {', '.join(known[:12])}."
    return ToolError(f"{text} was not declared. {hint}")


def _described(sort: Sort) -> str:
    return _WORDS.get(sort, _DECLARED_WORD)


def counted(count: int) -> str:
    """The number of arguments, in words for an error."""
    return f"{count} argument{'s' * (count != 1)}"
