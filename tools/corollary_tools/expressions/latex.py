r"""The LaTeX commands that are read in expressions, and what each of the others is told.

Guarantees that a command that is not listed is refused and never becomes an unknown: \vec, \int or
\pm would change the meaning. Does not know grammar.
"""

from __future__ import annotations

GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta",
    "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi",
    "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma",
    "Upsilon", "Phi", "Psi", "Omega", "ell",
))  # fmt: skip
OPERATORS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">",
    "%": "%", "lvert": "|", "rvert": "|", "vert": "|", "mod": "mod", "bmod": "mod", "degree": "°",
    "{": "(", "}": ")", "lbrace": "(", "rbrace": ")", "rfloor": "rfloor", "rceil": "rceil",
}  # fmt: skip
FORMS = {
    "frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "binom": "binom",
    "dbinom": "binom", "tbinom": "binom", "lfloor": "lfloor", "lceil": "lceil",
}  # fmt: skip
WRAPPERS = frozenset((
    "operatorname", "mathrm", "mathit", "mathbf", "mathsf", "textit", "textbf", "boxed", "fbox",
))  # fmt: skip
WORDS = frozenset(("text", "mbox", "textrm"))
_HINTS = {
    "pm": "It stands for two values: send one expression for each.",
    "mp": "It stands for two values: send one expression for each.",
    "infty": "Infinity is no number: it is read only as a bound or as what is approached, alone.",
    "ldots": "Write all the terms.",
    "dots": "Write all the terms.",
    "cdots": "Write all the terms.",
    "text": "Leave words and units out.",
    "mbox": "Leave words and units out.",
    "textrm": "Leave words and units out.",
    "int": "An integral is no expression: send what is integrated, and its bounds apart.",
    "sum": "A sum over an index is no expression: send its term, and its bounds apart.",
    "prod": "A product over an index is no expression: send its term, and its bounds apart.",
    "lim": "A limit is no expression: send the function, and what is approached apart.",
}


def refusal(name: str, start: int) -> str:
    """What to say of a command that is not read, at an index of the text."""
    hint = _HINTS.get(name, "Write the mathematics alone, such as \\frac{1}{2} or x^2.")
    return f"\\{name} at position {start + 1} cannot be read. {hint}"
