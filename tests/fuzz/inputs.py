"""What is sent: mathematics and logic by grammar, pieces in any order, bytes, and bombs."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from hypothesis import strategies as st

from corollary_tools.tool import SymbolicTool

NAMES = ("x", "y", "S", "N", "beta", "lambda", "E1", "pi", "e", "i", "Q", "gamma", "None", "self")
NUMBERS = ("0", "1", "2", "-3", "1/2", "0.5", "1,200", "3e5", "10**6", "99999999999", "½", "50%")
FUNCTIONS = (
    "sqrt", "log", "exp", "sin", "abs", "floor", "max", "gcd", "factorial", "binomial", "\\frac",
    "\\sqrt", "log_2", "round", "mod", "tan", "acos", "zeta", "eval", "__import__", "open",
)  # fmt: skip
PIECES = (
    *NAMES, *NUMBERS, *FUNCTIONS, "+", "-", "*", "/", "^", "**", "//", "%", "!", "=", "<", "<=",
    "!=", ">", "≤", "(", ")", "[", "]", "{", "}", "|", ",", ";", ":", ".", " ", "\n", "\\", "_",
    "^2", "²", "√", "→", "->", "<->", "&", "|", "~", "not ", " or ", " and ", "forall x. ",
    "exists y. ", "∀x ", "∃", "P(x)", "Q(a, b)", "xor", "\\boxed{", "\\text{ cm}", "\\pm", "\\cup",
    "\\infty", "(1,2]", "\\begin{pmatrix}", "&", "\\\\", "\\end{pmatrix}", "answer is ", "Answer: ",
    "####", "$", "°", "x = ", "True", "A)", "knight", "is a", "<think>", "</think>", "\x00",
    "\u202e", "\ud7ff", "(include \"/etc/passwd\")", "lambda: 0", "__class__", "'", '"', "`",
)  # fmt: skip
BOMBS = (
    "9**9**9", "9^9^9^9", "factorial(10**6)", "2**(2**(2**20))", "10^-999999999", "1e999999999",
    "(" * 5000, "(" * 200_000, "-" * 3000 + "1", "x^" * 900 + "2", "!" * 500, "1" * 3900,
    "+".join(f"x_{n}" for n in range(600)), "+".join(["x"] * 2000), "(x+y+z+1)^900",
    "(x+1)^1000*(y+1)^1000", "sqrt(" * 49 + "2" + ")" * 49, "sin(" * 48 + "x" + ")" * 48,
    "*".join(f"(x-{n})" for n in range(200)), "binomial(10000, 5000)", "cos(10^300)", "x!!!!",
    "forall x. " * 60 + "P(x)", "".join(f"forall x{n}. exists y{n}. " for n in range(20)) + "P(x1)",
    "~" * 4000 + "a", "a -> " * 900 + "a", "(a & b) xor " * 300 + "a", "P(" * 300 + "a" + ")" * 300,
    "x*y*z*w = 1", "x^3 + y^3 = z^3", "sin(x)*exp(y) = z", "x^x^x = 2", "mod(x, 10^50) = 3",
    "\\frac{" * 200, "\\boxed{" * 900, "{" * 1500, "∀" * 300, "\\text{" * 300, "$" * 999,
    "sum(k, k, 1, 10^9)", "[[" * 200, "x" * 3999, "é" * 2000, "S", "N", "I", "lambda", "0^0",
)  # fmt: skip


def grammar_expressions() -> st.SearchStrategy[str]:
    """Expressions that mostly parse."""
    leaves = st.sampled_from((*NAMES[:8], *NUMBERS))
    return st.recursive(leaves, _compound, max_leaves=12)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from("+-*/^"), inner).map(
        lambda t: f"({t[0]}{t[1]}{t[2]})"
    )
    called = st.tuples(st.sampled_from(FUNCTIONS[:9]), inner).map(lambda t: f"{t[0]}({t[1]})")
    latex = st.tuples(inner, inner).map(lambda t: f"\\frac{{{t[0]}}}{{{t[1]}}}")
    return st.one_of(binary, called, latex, inner.map(lambda t: f"-{t}"))


def relations() -> st.SearchStrategy[str]:
    """Equations and inequalities, alone or in chains."""
    sides = st.lists(grammar_expressions(), min_size=2, max_size=3)
    signs = st.sampled_from([" = ", " < ", " >= ", " != "])
    return st.tuples(sides, signs).map(lambda t: t[1].join(t[0]))


def grammar_formulas() -> st.SearchStrategy[str]:
    """Formulas that mostly parse, in the notations that people mix."""
    atoms = ("P(x)", "Q(a, b)", "a", "ann", "owl == 1", "robin < raven", "x = y", "True", "R(x, y)")
    return st.recursive(st.sampled_from(atoms), _connected, max_leaves=10)


def _connected(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["&", "|", "->", "<->", "xor", "∧", "∨", "→", "and", "or", "implies"])
    binary = st.tuples(inner, signs, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    binders = st.sampled_from(["forall x. ", "exists x. ", "∀y ", "ForAll([x], ", "~", "not "])
    bound = st.tuples(binders, inner).map(lambda t: f"{t[0]}{t[1]}" + ")" * t[0].count("("))
    return st.one_of(binary, bound)


def final_words() -> st.SearchStrategy[str]:
    """What a model says last."""
    lead = ("", "The answer is ", "Answer: ", "#### ", "So ", "\\boxed{", "$", '{"answer": "', "**")
    value = st.one_of(grammar_expressions(), grammar_formulas(), pieces())
    tail = st.sampled_from(["", ".", "}", "$", '"}', "**", " cm", "\n\nDone.", "<|im_end|>"])
    return st.tuples(st.sampled_from(lead), value, tail).map("".join)


def answers() -> st.SearchStrategy[str]:
    """Answers of every form, whole and with a piece put in or cut out."""
    value = grammar_expressions()
    several = st.lists(value, min_size=1, max_size=3).map(", ".join)
    forms = (
        "({})", "[{}]", "{{{}}}", "\\{{{}\\}}", "x = {}", "{} cm", "{}\\%", "\\pm {}",
        "({}] \\cup (1,2)",        "x < {}", "\\begin{{pmatrix}} {} \\end{{pmatrix}}", "{}_2", "{}",
        "\\text{{{}}}", "{}^\\circ", "${}",
    )  # fmt: skip
    whole = st.tuples(st.sampled_from(forms), several).map(lambda t: t[0].format(t[1]))
    cut = st.tuples(whole, st.integers(0, 40), st.sampled_from(PIECES)).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + 1 :]
    )
    return st.one_of(whole, cut, texts())


def pieces() -> st.SearchStrategy[str]:
    """Tokens of every notation in any order."""
    return st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def byte_texts() -> st.SearchStrategy[str]:
    """Bytes as text, with and without what is no valid text."""
    decoded = st.binary(max_size=60).map(lambda raw: raw.decode("utf-8", "replace"))
    latin = st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))
    return st.one_of(decoded, latin, st.text(max_size=60))


def texts() -> st.SearchStrategy[str]:
    """Any of all these."""
    return st.one_of(
        grammar_expressions(), relations(), grammar_formulas(), final_words(), pieces(),
        byte_texts(), st.sampled_from(BOMBS),
    )  # fmt: skip


def fitting_arguments(tool: SymbolicTool) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of the right shape; each may be left out where it has a default."""
    schema = tool.args_schema
    assert isinstance(schema, type)
    required, optional = {}, {}
    for name, field in schema.model_fields.items():  # type: ignore[attr-defined]
        values = _values(field.annotation)
        (required if field.is_required() else optional)[name] = values
    fresh = st.fixed_dictionaries(required, optional=optional)
    known = st.sampled_from([dict(example.arguments) for example in tool.examples])
    return st.one_of(
        fresh,
        st.tuples(known, fresh).map(lambda pair: {**pair[1], **pair[0]}),
        _mixed(known, fresh),
    )


def _mixed(
    known: st.SearchStrategy[dict[str, Any]], fresh: st.SearchStrategy[dict[str, Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    """A known call with one argument from a fresh one."""

    def joined(rows: tuple[dict[str, Any], dict[str, Any], int]) -> dict[str, Any]:
        old, new, place = rows
        name = sorted(new)[place % len(new)] if new else None
        return {**old, name: new[name]} if name is not None else old

    return st.tuples(known, fresh, st.integers(0, 9)).map(joined)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    if kind is str:
        return texts()
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.one_of(st.integers(-2, 9), st.integers())
    if get_origin(kind) is list:
        return st.lists(_values(get_args(kind)[0]), max_size=5)
    if get_args(kind) and all(isinstance(value, str) for value in get_args(kind)):
        return st.sampled_from(get_args(kind))
    if get_args(kind):
        parts = [part for part in get_args(kind) if part is not type(None)]
        return st.one_of(*(_values(part) for part in parts))
    return texts()


def any_arguments(tool: SymbolicTool) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of the wrong shape: other names, other types, nested values."""
    names = st.one_of(st.sampled_from(sorted(tool.args)), st.text(max_size=8))
    leaves = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), pieces()
    )
    nested = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=6,
    )
    return st.dictionaries(names, nested, max_size=4)
