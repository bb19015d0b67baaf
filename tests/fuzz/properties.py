"""What must hold for any input. Each function raises AssertionError, or lets the bug through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.answers.forms import read_form
from corollary_tools.equivalence import equivalent
from corollary_tools.errors import ToolError
from corollary_tools.expressions.syntax import parse_chain, parse_relation, parse_tree
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.reading import read_answer
from corollary_tools.toolkit import Toolkit

KINDS: tuple[AnswerKind, ...] = ("number", "expression", "truth", "choice", "assignment", "set")
LONGEST_MESSAGE = 1200  # characters that a model is shown of one error


def check_syntax(text: str) -> None:
    """Expressions parse, or a ToolError says what is wrong."""
    for parse in (parse_tree, parse_relation, parse_chain):
        _said(lambda parse=parse: parse(text))  # type: ignore[misc]


def check_expression(text: str) -> None:
    """Expressions become sympy's, and reading what was rendered gives the same value."""
    from corollary_tools.expression import parse_expression, render_expression
    from corollary_tools.solvers.answers.comparison import compare

    value = _said(lambda: parse_expression(text))
    if value is not None:
        rendered = render_expression(value)
        again = _said(lambda: parse_expression(rendered))
        assert again is not None, rendered
        same = again == value or compare(again, value).value is not False
        assert same, (rendered, again)


def check_formula(text: str) -> None:
    """Formulas parse, or a ToolError says what is wrong; rendering loses nothing."""
    formula = _said(lambda: parse_formula(text))
    if formula is not None:
        rendered = render_formula(formula)
        assert parse_formula(rendered) == formula, rendered


def check_reading(text: str) -> None:
    """Final words are an answer of the kind, or none; the forms of an answer are read."""
    for kind in KINDS:
        answer = read_answer(text, kind, ("yes", "no"))
        assert answer is None or answer.kind == kind
    _said(lambda: read_form(text))


PARSERS: dict[str, Callable[[str], None]] = {
    "syntax": check_syntax,
    "expression": check_expression,
    "formula": check_formula,
    "reading": check_reading,
}
PURE = ("syntax", "formula", "reading")  # these compute nothing, and end by themselves


def check_call(toolkit: Toolkit, name: str, arguments: dict[str, Any]) -> str | None:
    """A call comes back as an Outcome with a text; returns its fault. The next call answers."""
    outcome = toolkit.call(name, arguments)
    assert outcome.text
    assert len(outcome.text) <= LONGEST_MESSAGE, len(outcome.text)
    if outcome.fault == "timeout":
        assert toolkit.call("calculate", {"expression": "1 + 1"}).text == "2"
    return outcome.fault


def check_equivalence(toolkit: Toolkit, left: str, right: str) -> bool | None:
    """Two answers are the same, not, or undecided; an answer is itself, and never another."""
    known, given = (Answer(kind="expression", value=text) for text in (left, right))
    assert equivalent(known, known, toolkit.workers).value is not False
    found = equivalent(known, given, toolkit.workers)
    assert found.reason
    return found.value


@contextmanager
def untouched(folder: Path) -> Iterator[None]:
    """Nothing appears, disappears or changes in the folder."""
    before = _state(folder)
    yield
    assert _state(folder) == before


def _state(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() if p.is_file() else b"" for p in sorted(folder.rglob("*"))}


def _said(work: Callable[[], Any]) -> Any:
    """The value; None where a ToolError said why not."""
    message = ""
    try:
        return work()
    except ToolError as error:
        message = str(error)
    assert 0 < len(message) <= LONGEST_MESSAGE, message[:200]
    return None
