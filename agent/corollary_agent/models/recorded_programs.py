"""Logic-LM programs, as real models wrote them: taken apart into formulas with their sentences.

Four dialects: rules (ProofWriter, PrOntoQA: `Cold($x, True) >>> Rough($x, True)`), first-order
logic (FOLIO), constraints (LogicalDeduction: `tractor > motorcycle`) and functions (AR-LSAT, taken
apart by `recorded_functions`). Guarantees that what a model got wrong stays wrong: only the
notation is changed, and what cannot be parsed is passed on as it was written, for the tool to
refuse.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import Any

from corollary_agent.models.recorded_functions import is_function_program, read_functions
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, render_formula

_SECTIONS = ("predicates", "facts", "rules", "query", "premises", "conclusion")
_SECTION = re.compile(
    rf"^\s*(?P<name>{'|'.join(_SECTIONS)}|domain|variables|constraints)\s*:\s*$", re.I
)
_ATOM = re.compile(r"([A-Za-z_]\w*)\s*\(([^()]*)\)")
_VARIABLE = re.compile(r"\$(\w+)")
_UNKNOWN = re.compile(r"^\s*([A-Za-z_][\w ]*?)\s*\[IN\]\s*\[(.*)\]\s*$")
_DIFFERENT = re.compile(r"AllDifferentConstraint", re.I)
_FREE = re.compile(r"(?<![\w$])[u-z]\d?(?!\w)")
_OPTION = re.compile(r"^\s*\(?([A-Z])\)\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One formula, in the tools' notation, and the sentence it was written for."""

    formula: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A whole program: conclusion and world of logic; declarations and options of constraints.

    world: "rules" where `>>>` was written, which is used forwards only. declarations: arguments of
    `declare`. mode: of `choose`.
    """

    premises: tuple[Line, ...]
    conclusion: str = ""
    world: str = "open"
    declarations: tuple[dict[str, Any], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    mode: str = "must"


def read_program(text: str) -> Program:
    """Read a program of one of the four dialects. Raises ValueError for any other."""
    if is_function_program(text):
        return _functions(text)
    parts = _sections(text)
    if "variables" in parts:
        return _constraints(parts)
    if "conclusion" in parts:
        premises = tuple(_line(row, closed_formula) for row in parts.get("premises", ()))
        return Program(premises, conclusion=_first(parts["conclusion"], closed_formula))
    if "query" in parts:
        rows = [row for row in parts.get("facts", ()) if ">>>" in row or "$" not in row]
        rows += parts.get("rules", [])
        premises = tuple(_line(row, rule_formula) for row in rows)
        return Program(premises, _first(parts["query"], rule_formula), world="rules")
    raise ValueError("it is a program of none of the known dialects")


def _functions(text: str) -> Program:
    read = read_functions(text)
    lines = tuple(Line(formula, sentence) for formula, sentence in read.premises)
    declarations, options = read.declarations, read.options
    return Program(lines, declarations=declarations, options=options, mode=read.mode)


def rule_formula(text: str) -> str:
    """Return a fact or rule as a formula: truth values become signs, `$x` is quantified."""
    variables = dict.fromkeys(_VARIABLE.findall(text))
    plain = text.replace("$", "").replace(">>>", "->").replace("&&", "&").replace("||", "|")
    body = _ATOM.sub(_atom, plain.replace("!", "~")).lower()
    return canonical("".join(f"forall {name.lower()}. " for name in variables) + body)


def closed_formula(text: str) -> str:
    """Return a formula of this dialect, whose solver (Prover9) reads free variables as for all."""
    free = dict.fromkeys(_FREE.findall(text))
    bound = "".join(f"forall {name}. " for name in free)
    for written in (text, f"{bound}({text})"):
        with contextlib.suppress(ToolError):
            return render_formula(parse_formula(written))
    return text.strip()


def canonical(text: str) -> str:
    """Return a formula in the tools' notation, or as it is where it cannot be parsed."""
    try:
        return render_formula(parse_formula(text))
    except ToolError:
        return text.strip()


def _sections(text: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    rows: list[str] = []
    for line in text.split("\n"):
        heading = _SECTION.match(line)
        if heading:
            rows = parts.setdefault(heading["name"].lower(), [])
        elif line.strip():
            rows.append(line.strip())
    return parts


def _line(row: str, read: Any) -> Line:
    formula, _, sentence = row.partition(":::")
    return Line(read(formula.strip()), sentence.strip())


def _first(rows: list[str], read: Any) -> str:
    return _line(rows[0], read).formula if rows else ""


def _atom(found: re.Match[str]) -> str:
    """`Round(cat, False)` -> `~Round(cat)`; blanks within a name become `_`."""
    name, inside = found[1], found[2]
    terms = [re.sub(r"\s+", "_", term.strip()) for term in inside.split(",")]
    sign = "~" if terms[-1] == "False" else ""
    terms = terms[:-1] if terms[-1] in ("True", "False") else terms
    return f"{sign}{name}({', '.join(terms)})" if terms else f"{sign}{name}"


def _constraints(parts: dict[str, list[str]]) -> Program:
    unknowns = [found for row in parts["variables"] if (found := _UNKNOWN.match(row))]
    rows = parts.get("constraints", [])
    values = tuple(v.strip() for v in unknowns[0][2].split(",")) if unknowns else ()
    options = [found for row in parts.get("query", []) if (found := _OPTION.match(row))]
    names = [found[1].replace(" ", "_") for found in unknowns]
    distinct = any(_DIFFERENT.match(row) for row in rows)
    return Program(
        premises=tuple(_line(row, canonical) for row in rows if not _DIFFERENT.match(row)),
        declarations=({"names": names, "values": list(values), "distinct": distinct},),
        options=tuple((found[1], _line(found[2], canonical).formula) for found in options),
    )
