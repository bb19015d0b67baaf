"""Python that only calculates, read by `ast` as tool calls; it is never run.

Assignments and arithmetic become `calculate` calls, sympy's symbols, Eq and solve become `solve`.
Numbers are put in where names stand, results of earlier calls by `result_of`. Guarantees that code
with anything else in it (a loop, a branch, another import, another function) raises Unreadable with
the reason, and is not read in part.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corollary_datagen.imports.python_values import (
    SIGNS,
    Value,
    equation_text,
    held,
    is_number,
    joined,
    named,
    number_text,
    source_text,
)
from corollary_datagen.imports.recorded import Move, Turn, Unreadable, result_of

_LONGEST = 20_000
_DEEPEST = 5
_FUNCTIONS = {
    "int": "floor", "floor": "floor", "math.floor": "floor", "ceil": "ceil", "math.ceil": "ceil",
    "math.sqrt": "sqrt", "sqrt": "sqrt", "max": "max", "min": "min", "sum": "sum", "abs": "abs",
    "Abs": "abs",
}  # fmt: skip
_SAME = frozenset({"float", "Integer", "Float", "str", "simplify", "N", "S", "Fraction"})
_MODULES = frozenset({"sympy", "math", "fractions"})


def read_python(code: str) -> tuple[Turn, ...]:
    """The calls that a script comes to, each with its own line as content. Raises Unreadable."""
    if len(code) > _LONGEST:
        raise Unreadable("the code is too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of what the code says, nobody need be warned.
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable("the code is not Python", str(error)) from None
    script = _Script({}, code.split("\n"))
    script.run(tree.body, {}, 0)
    return tuple(script.turns)


@dataclass(slots=True)
class _Script:
    """A script under way: its functions, and the calls so far."""

    functions: dict[str, ast.FunctionDef]
    lines: list[str]
    turns: list[Turn] = field(default_factory=list)
    line: int = 0

    def run(self, body: Sequence[ast.stmt], names: dict[str, Value], depth: int) -> Value | None:
        """Go through statements; the value of the `return` among them, if there is one."""
        for statement in body:
            self.line = statement.lineno
            if isinstance(statement, ast.Return):
                value = self.value(statement.value, names, depth) if statement.value else None
                return self.settled(value) if value else None
            self.statement(statement, names, depth)
        return None

    def statement(self, node: ast.stmt, names: dict[str, Value], depth: int) -> None:
        match node:
            case ast.FunctionDef(name=name):
                self.functions[name] = node
            case ast.Import(names=imported):
                _check_modules([one.name for one in imported])
            case ast.ImportFrom(module=module):
                _check_modules([module or ""])
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=shown)):
                for one in shown:
                    self.printed(one, names, depth)
            case ast.Expr(value=ast.Call() as called):
                self.value(called, names, depth)
            case ast.Assign(targets=targets, value=given):
                value = self.settled(self.value(given, names, depth))
                for target in targets:
                    self.assign(target, value, names)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as given):
                self.assign(target, self.value(given, names, depth), names)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=sign, value=given):
                both = ast.BinOp(ast.Name(name, ast.Load()), sign, given)
                self.assign(target, self.value(both, names, depth), names)
            case _:
                raise Unreadable(f"the code has {named(node)}", source_text(node))

    def assign(self, target: ast.expr, value: Value, names: dict[str, Value]) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = self.settled(value)
            return
        places = target.elts if isinstance(target, ast.Tuple | ast.List) else ()
        if value.items is None or len(places) != len(value.items):
            raise Unreadable("the code assigns to something else than a name", source_text(target))
        for one, item in zip(places, value.items, strict=True):
            self.assign(one, item, names)

    def printed(self, node: ast.expr, names: dict[str, Value], depth: int) -> None:
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    self.printed(part.value, names, depth)
        elif not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            self.settled(self.value(node, names, depth))

    def settled(self, value: Value) -> Value:
        """The value itself; one that is still an expression of numbers becomes a call."""
        if not value.open:
            return value
        return Value(self.call(Move("calculate", {"expression": value.text})))

    def call(self, move: Move) -> str:
        """Add a call; the text that stands for its result."""
        self.turns.append(Turn(self.lines[self.line - 1].strip(), (move,)))
        return result_of(len(self.turns) - 1)

    def value(self, node: ast.expr, names: dict[str, Value], depth: int) -> Value:
        match node:
            case ast.Constant(value=bool()):
                raise Unreadable("the code has a truth value")
            case ast.Constant(value=int() | float() as number):
                return Value(number_text(number))
            case ast.Constant(value=str() as text) if is_number(text):
                return Value(text.strip())
            case ast.Name(id=name):
                if name not in names:
                    raise Unreadable("the code has a name that is nowhere defined", name)
                return names[name]
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return Value("", items=tuple(self.value(one, names, depth) for one in items))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return joined("-", self.value(operand, names, depth))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
                sides = self.value(left, names, depth), self.value(right, names, depth)
                return joined(SIGNS[type(op)], *sides)
            case ast.Subscript(value=held, slice=place):
                return self.part(self.value(held, names, depth), place, names)
            case ast.Call():
                return self.function(node, names, depth)
        raise Unreadable(f"the code has {named(node)}", source_text(node))

    def part(self, held: Value, place: ast.expr, names: dict[str, Value]) -> Value:
        """`solution[0]`, `solution[x]`, `values[1]`."""
        if isinstance(place, ast.Constant) and isinstance(place.value, int):
            if held.items is not None and 0 <= place.value < len(held.items):
                return held.items[place.value]
            if held.solves is not None and len(held.unknowns) == 1 and place.value >= 0:
                return Value(result_of(held.solves, held.unknowns[0], place.value))
        if isinstance(place, ast.Name) and held.solves is not None:
            unknown = names.get(place.id)
            if unknown and unknown.symbol and unknown.text in held.unknowns:
                return Value(result_of(held.solves, unknown.text))
        raise Unreadable("the code takes a part of something", ast.unparse(place))

    def function(self, node: ast.Call, names: dict[str, Value], depth: int) -> Value:
        name = ast.unparse(node.func).removeprefix("sympy.").removeprefix("sp.")
        if name in self.functions:
            return self.own_function(self.functions[name], node, names, depth)
        if node.keywords:
            raise Unreadable("the code calls a function by argument names", source_text(node))
        given = [self.value(one, names, depth) for one in node.args if not _is_symbols(name)]
        if _is_symbols(name):
            return _symbols(node)
        if name == "Eq" and len(given) == 2:
            return Value(f"{given[0].text} = {given[1].text}", equation=True)
        if name == "solve" and given:
            return self.solve(given)
        return self.known_function(name, given, node)

    def known_function(self, name: str, given: list[Value], node: ast.Call) -> Value:
        if name in _SAME and len(given) == 1:
            return given[0]
        if name == "Rational" and len(given) == 2:
            return joined("/", *given)
        if name == "len" and len(given) == 1 and given[0].items is not None:
            return Value(str(len(given[0].items)))
        if name == "round" and len(given) in (1, 2):
            return self.rounded(given)
        if name in _FUNCTIONS and given:
            items = given[0].items if len(given) == 1 and given[0].items else given
            inside = [one.text for one in items]
            if name == "sum":
                return Value(" + ".join(held(one, 2) for one in items), 1, open=True)
            return Value(f"{_FUNCTIONS[name]}({', '.join(inside)})", open=True)
        raise Unreadable("the code calls a function that no tool stands for", source_text(node))

    def rounded(self, given: list[Value]) -> Value:
        places = given[1].text if len(given) == 2 else "0"
        if not places.isdecimal():
            raise Unreadable("the code rounds to places that it calculates")
        to = f"{places} places" if int(places) else "1"
        return Value(self.call(Move("round_to", {"expression": given[0].text, "to": to})))

    def own_function(
        self, function: ast.FunctionDef, node: ast.Call, names: dict[str, Value], depth: int
    ) -> Value:
        """Go through a function of the script itself, with its arguments."""
        if depth >= _DEEPEST:
            raise Unreadable("the code calls functions within functions too deeply")
        wanted = function.args
        if wanted.vararg or wanted.kwarg or wanted.kwonlyargs or wanted.posonlyargs:
            raise Unreadable("the code has a function with open arguments", function.name)
        inner: dict[str, Value] = {k: v for k, v in names.items() if v.symbol}
        parameters = [one.arg for one in wanted.args]
        defaults = parameters[len(parameters) - len(wanted.defaults) :]
        for name, default in zip(defaults, wanted.defaults, strict=True):
            inner[name] = self.value(default, names, depth)
        for name, given in zip(parameters, node.args, strict=False):
            inner[name] = self.settled(self.value(given, names, depth))
        for keyword in node.keywords:
            inner[keyword.arg or ""] = self.settled(self.value(keyword.value, names, depth))
        line = self.line
        value = self.run(function.body, {**names, **inner}, depth + 1)
        self.line = line
        if value is None:
            raise Unreadable("the code has a function that returns nothing", function.name)
        return value

    def solve(self, given: list[Value]) -> Value:
        """`solve(equations, unknowns)` as a call of `solve`."""
        rows = given[0].items if given[0].items is not None else (given[0],)
        asked = given[1].items if len(given) > 1 and given[1].items is not None else given[1:]
        equations = [equation_text(one) for one in rows]
        unknowns = [one.text for one in asked]
        if not all(one.symbol for one in asked):
            raise Unreadable("the code solves for something that is no symbol")
        arguments = {"equations": equations, **({"unknowns": unknowns} if unknowns else {})}
        self.call(Move("solve", arguments))
        names = tuple(unknowns) or tuple(_unknowns(rows))
        return Value("", solves=len(self.turns) - 1, unknowns=names)


def _symbols(node: ast.Call) -> Value:
    if not node.args or not isinstance(node.args[0], ast.Constant):
        raise Unreadable("the code makes symbols of something else than a text", source_text(node))
    names = str(node.args[0].value).replace(",", " ").split()
    if not names or not all(name.isidentifier() for name in names):
        raise Unreadable("the code makes symbols of something else than names", source_text(node))
    symbols = tuple(Value(name, symbol=True) for name in names)
    return symbols[0] if len(symbols) == 1 else Value("", items=symbols)


def _unknowns(rows: Sequence[Value]) -> Iterator[str]:
    for row in rows:
        tree = ast.parse(row.text.replace(" = ", " - ").replace("⟦", "_").replace("⟧", "_"))
        yield from sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)})


def _is_symbols(name: str) -> bool:
    return name in ("symbols", "Symbol")


def _check_modules(names: Sequence[str]) -> None:
    foreign = [name for name in names if name not in _MODULES]
    if foreign:
        raise Unreadable("the code imports another module", ", ".join(foreign))
