"""Logic-LM's programs with sorts and functions (AR-LSAT), as declarations, formulas and options.

`seat = Function([people] -> [seats])` becomes a declared function, `ForAll([p:people], ...)` a
quantifier over the people listed, `is_sat(...)` and its like the question that the options answer.
Guarantees that only the notation is changed. Members of a sort become numbers, by their place,
where the program itself computes with them or bounds them by numbers. Raises ValueError for
programs whose options ask for anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, parse_term, render_formula
from corollary_tools.formulas.tree import Atom, Comparison, Name, Number, Variable, disjunction

_SORT = re.compile(r"^(\w+)\s*=\s*EnumSort\(\s*\[(.*)\]\s*\)")
_FUNCTION = re.compile(r"^(\w+)\s*=\s*Function\(\s*\[([^\]]*)\]\s*->\s*\[([^\]]*)\]\s*\)")
_BOUND = re.compile(r"(-?\d+)\s*<=\s*(\w+)\(.*?\)\s*,\s*\2\(.*?\)\s*<=\s*(-?\d+)")
_VARIABLE = re.compile(r"(\w+)\s*:\s*(\w+)")
_ITEM = re.compile(r"\"[^\"]*\"|'[^']*'|[^,\s][^,]*")
_OPTION = re.compile(r"^(.*?)\s*:::\s*\(?([A-J])\)")
_MODES = {
    "is_sat": "could",
    "is_valid": "must",
    "is_must": "must",
    "is_required": "must",
    "is_unsat": "cannot",
}
_EXCEPT = {"could": "cannot", "must": "could_be_false", "cannot": "could"}
_LARGEST = 1_000


@dataclass(frozen=True, slots=True)
class FunctionProgram:
    """A program taken apart. premises and options: formulas, each with its sentence or letter."""

    declarations: tuple[dict[str, Any], ...]
    premises: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    mode: str


def read_functions(text: str) -> FunctionProgram:
    """Read a program that opens with `# Declarations`. Raises ValueError where it cannot be."""
    parts = _parts(text)
    signature = _signature(parts.get("declarations", []), text)
    options = [found for row in parts.get("options", []) if (found := _OPTION.match(row))]
    asked = [_asked(found[1]) for found in options]
    modes = {mode for mode, _ in asked}
    if len(modes) != 1:
        raise ValueError("its options do not all ask the same of a formula")
    letters = [found[2] for found in options]
    rows = [*parts.get("constraints", []), *signature.others]
    return FunctionProgram(
        declarations=signature.declarations(),
        premises=tuple((signature.formula(f), s) for f, s in map(_split, rows)),
        options=tuple(
            (letter, signature.formula(formula))
            for letter, (_, formula) in zip(letters, asked, strict=True)
        ),
        mode=modes.pop(),
    )


@dataclass(frozen=True, slots=True)
class _Signature:
    """sorts: their members as the program names them. functions: arguments and range."""

    sorts: dict[str, tuple[str, ...]]
    functions: dict[str, tuple[tuple[str, ...], str]]
    bounds: dict[str, tuple[int, int]]
    others: tuple[str, ...]
    counted: frozenset[str]

    def declarations(self) -> tuple[dict[str, Any], ...]:
        """The arguments of one `declare` for each function."""
        return tuple(
            {"names": [name], "values": self._values(name, result), "of": self._places(arguments)}
            for name, (arguments, result) in self.functions.items()
        )

    def formula(self, text: str) -> str:
        """The formula in the tools' notation, or as it is where it cannot be parsed."""
        try:
            return render_formula(self._rewritten(parse_formula(text)))
        except ToolError:
            return text.strip()

    def _values(self, name: str, result: str) -> list[str]:
        if result == "bool":
            return []
        if name in self.bounds:
            low, high = self.bounds[name]
            return [f"{low}..{high}"]
        members = self.sorts.get(result)
        if members is None:
            return ["integer" if result == "int" else result]
        return [self._shown(member) for member in members]

    def _places(self, arguments: tuple[str, ...]) -> list[str]:
        return [
            ", ".join(self._shown(member) for member in self.sorts.get(sort, (sort,)))
            for sort in arguments
        ]

    @property
    def numbers(self) -> dict[str, int]:
        """The members of sorts that the program bounds by numbers, by their place from 1."""
        bounded = {result for name, (_, result) in self.functions.items() if name in self.bounds}
        return {
            member: number
            for sort in bounded | self.counted
            for number, member in enumerate(self.sorts.get(sort, ()), start=1)
            if not member.isdigit()
        }

    def _shown(self, member: str) -> str:
        return str(self.numbers.get(member, member))

    def _rewritten(self, node: Any) -> Any:
        """The tree with sorts as lists of their members, and members as numbers where they are."""
        match node:
            case Atom(sort, (Variable() as variable,)) if sort in self.sorts:
                members = [parse_term(self._shown(member)) for member in self.sorts[sort]]
                return disjunction([Comparison("==", variable, member) for member in members])
            case Name(text) if text in self.numbers:
                return parse_term(str(self.numbers[text]))
            case tuple():
                return tuple(self._rewritten(part) for part in node)
            case Number() | str() | bool():
                return node
        if not hasattr(node, "__dataclass_fields__"):
            return node
        changed = {f.name: self._rewritten(getattr(node, f.name)) for f in fields(node)}
        return replace(node, **changed)


def _signature(rows: list[str], text: str) -> _Signature:
    sorts = {m[1]: _members(m[2]) for row in rows if (m := _SORT.match(row))}
    functions = {m[1]: (_list(m[2]), m[3].strip()) for row in rows if (m := _FUNCTION.match(row))}
    others = [row for row in rows if not _SORT.match(row) and not _FUNCTION.match(row)]
    found = [(m, row) for row in others if (m := _BOUND.search(row))]
    bounds = {m[2]: (int(m[1]), int(m[3])) for m, _ in found if int(m[3]) <= _LARGEST}
    bounded = [row for m, row in found if m[2] in bounds]
    rest = tuple(row for row in others if row not in bounded)
    return _Signature(sorts, functions, bounds, rest, _computed_with(sorts, functions, text))


def _computed_with(
    sorts: dict[str, tuple[str, ...]],
    functions: dict[str, tuple[tuple[str, ...], str]],
    text: str,
) -> frozenset[str]:
    """The sorts whose members or values the program adds something to."""
    terms = {rf"\b{name}\([^()]*\)": result for name, (_, result) in functions.items()}
    terms |= {rf"\b{m}\b": sort for sort, all_of in sorts.items() for m in all_of if m[0].isalpha()}
    terms |= {rf"\b{variable}\b": sort for variable, sort in _VARIABLE.findall(text)}
    formulas = "\n".join(row.partition(":::")[0] for row in text.split("\n"))
    return frozenset(
        sort
        for term, sort in terms.items()
        if sort in sorts and re.search(rf"{term}\s*[-+]\s*\w|\w\)?\s*[-+]\s*{term}", formulas)
    )


def _members(text: str) -> tuple[str, ...]:
    """The members of a sort as names that a formula has; whole ranges are written out."""
    names = []
    for item in _ITEM.findall(text):
        try:
            term = parse_term(item.strip())
        except ToolError:
            term = Name(re.sub(r"\W+", "_", item.strip()))
        names.append(str(term.value) if isinstance(term, Number) else getattr(term, "text", item))
    return tuple(dict.fromkeys(names))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _asked(text: str) -> tuple[str, str]:
    """What an option asks of which formula: `is_sat(f)` is ("could", f)."""
    head, _, inside = text.strip().partition("(")
    if head == "is_exception":
        mode, formula = _asked(inside.strip()[:-1])
        return _EXCEPT[mode], formula
    if head not in _MODES or not inside.endswith(")"):
        raise ValueError(f"its options ask for {head or 'nothing'}")
    return _MODES[head], inside[:-1]


def _split(row: str) -> tuple[str, str]:
    formula, _, sentence = row.partition(":::")
    return formula.strip(), sentence.strip()


def _parts(text: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    rows: list[str] = []
    for line in text.split("\n"):
        heading = re.match(r"^#\s*(\w+)\s*$", line)
        if heading:
            rows = parts.setdefault(heading[1].lower(), [])
        elif line.strip():
            rows.append(line.strip())
    return parts


def is_function_program(text: str) -> bool:
    """Whether a text is of this dialect."""
    return text.lstrip().startswith("# Declarations")
