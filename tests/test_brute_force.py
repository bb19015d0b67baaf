"""The solvers against brute force: every model of small random problems, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from corollary_tools.desk import Desk, Recorded, Variables
from corollary_tools.formula import Formula, parse_formula
from corollary_tools.formulas.tree import (
    And,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Iff,
    Implies,
    Name,
    Not,
    Number,
    Or,
    Truth,
    Variable,
    Xor,
)
from corollary_tools.solvers.constraints.calls import choose, find
from corollary_tools.solvers.logic.calls import prove

Model = dict[str, Any]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def holds(formula: Formula, model: Model) -> bool:
    """Whether the formula is true in a model: names, `domain`, and predicates as sets."""
    match formula:
        case Truth(value):
            return value
        case Atom(name, ()):
            return bool(model[name])
        case Atom(predicate, (argument,)):
            return value_of(argument, model) in model[predicate]
        case Comparison(sign, left, right):
            return _COMPARE[sign](value_of(left, model), value_of(right, model))
        case Not(part):
            return not holds(part, model)
        case And(parts):
            return all(holds(part, model) for part in parts)
        case Or(parts):
            return any(holds(part, model) for part in parts)
        case Implies(left, right):
            return not holds(left, model) or holds(right, model)
        case Iff(left, right):
            return holds(left, model) == holds(right, model)
        case Xor(left, right):
            return holds(left, model) != holds(right, model)
        case ForAll((name,), body):
            return all(holds(body, {**model, name: thing}) for thing in model["domain"])
        case Exists((name,), body):
            return any(holds(body, {**model, name: thing}) for thing in model["domain"])
    raise AssertionError(formula)


def value_of(term: object, model: Model) -> Any:
    """What a term denotes in a model."""
    match term:
        case Name(text) | Variable(text):
            return model[text]
        case Number(value):
            return int(value)
    raise AssertionError(term)


def random_formula(random: Random, atoms: Callable[[Random], str], depth: int) -> str:
    """A formula over random atoms, as text with all brackets."""
    if depth == 0 or random.random() < 0.2:
        return atoms(random)
    left, right = (random_formula(random, atoms, depth - 1) for _ in range(2))
    sign = random.choice(["&", "|", "->", "<->", "xor", "~"])
    return f"~({left})" if sign == "~" else f"(({left}) {sign} ({right}))"


def expected_truth(premises: list[Formula], conclusion: Formula, models: Iterable[Model]) -> str:
    """True, False, Unknown or Contradiction, from all the models there are."""
    found = {
        holds(conclusion, model)
        for model in models
        if all(holds(premise, model) for premise in premises)
    }
    return {(True,): "True", (False,): "False", (): "Contradiction"}.get(tuple(found), "Unknown")


def monadic_models() -> Iterator[Model]:
    """Without equality, two unary predicates tell at most four kinds of things apart."""
    kinds = list(product([False, True], repeat=2))
    for size in range(1, 5):
        for domain in combinations(kinds, size):
            p = {kind for kind in domain if kind[0]}
            q = {kind for kind in domain if kind[1]}
            for a, b in product(domain, repeat=2):
                yield {"domain": domain, "p": p, "q": q, "a": a, "b": b}


def monadic_atom(random: Random) -> str:
    """`p(a)`, or a quantified formula about p and q."""
    if random.random() < 0.5:
        return f"{random.choice('pq')}({random.choice('ab')})"
    quantifier = random.choice(["forall", "exists"])
    sign = random.choice(["&", "|", "->", "<->"])
    return f"({quantifier} x. {random.choice(['', '~'])}p(x) {sign} q(x))"


MONADIC = list(monadic_models())
PROPOSITIONS = [dict(zip("abcd", row, strict=True)) for row in product([False, True], repeat=4)]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["monadic", "propositional"])
def test_proofs_agree_with_every_model(kind: str, seed: int) -> None:
    random = Random(f"{kind} {seed}")
    atoms = monadic_atom if kind == "monadic" else lambda r: r.choice("abcd")
    texts = [random_formula(random, atoms, 2) for _ in range(random.randint(1, 5))]
    *premises, conclusion = (parse_formula(text) for text in texts)
    expected = expected_truth(premises, conclusion, MONADIC if kind == "monadic" else PROPOSITIONS)
    result = prove({"conclusion": texts[-1], "premises": texts[:-1] or ["true"]}, Desk())
    assert result.certificate is not None
    assert result.certificate["value"] == expected


@pytest.mark.parametrize("seed", range(40))
def test_what_a_proof_uses_is_enough_and_none_can_be_left_out(seed: int) -> None:
    random = Random(f"core {seed}")
    texts = [random_formula(random, lambda r: r.choice("abcd"), 2) for _ in range(6)]
    *premises, conclusion = (parse_formula(text) for text in texts)
    certificate = prove({"conclusion": texts[-1], "premises": texts[:-1]}, Desk()).certificate
    assert certificate is not None
    if certificate["value"] not in ("True", "False"):
        return
    used = [premises[number - 1] for number in certificate["uses"]]
    assert expected_truth(used, conclusion, PROPOSITIONS) in (certificate["value"], "Contradiction")
    for left_out in used:
        rest = [premise for premise in used if premise is not left_out]
        assert expected_truth(rest, conclusion, PROPOSITIONS) != certificate["value"]


def ordering_atom(random: Random) -> str:
    """A comparison of a, b, c and small numbers."""
    left, right = random.sample(["a", "b", "c", str(random.randint(1, 3))], 2)
    return f"{left} {random.choice(list(_COMPARE))} {right}"


def orderings(random: Random) -> tuple[list[str], list[Model], Desk]:
    """Random premises over three names with values 1 to 3, their solutions, and the desk."""
    texts = [random_formula(random, ordering_atom, 1) for _ in range(random.randint(1, 4))]
    distinct = random.random() < 0.5
    rows = product([1, 2, 3], repeat=3)
    models = [
        dict(zip("abc", row, strict=True)) for row in rows if len({*row}) == 3 or not distinct
    ]
    variables = Variables(names=("a", "b", "c"), values=("1..3",), distinct=distinct)
    premises = tuple(Recorded(label=str(n), formula=text) for n, text in enumerate(texts, 1))
    solutions = [m for m in models if all(holds(parse_formula(text), m) for text in texts)]
    return texts, solutions, Desk(variables=(variables,), premises=premises)


@pytest.mark.parametrize("seed", range(40))
def test_solutions_are_all_and_only_those_there_are(seed: int) -> None:
    _, solutions, desk = orderings(Random(f"find {seed}"))
    result = find({}, desk)
    kind = {0: "none", 1: "unique"}.get(len(solutions), "several")
    assert result.text.startswith(kind)
    assert result.certificate is not None
    if kind == "unique":
        values = {name: str(value) for name, value in solutions[0].items()}
        assert result.certificate["assignment"] == values
    if kind == "several":
        values_of = {n: [str(v) for v in sorted({s[n] for s in solutions})] for n in "abc"}
        assert result.certificate["values"] == values_of


@pytest.mark.parametrize("seed", range(40))
def test_options_are_told_apart(seed: int) -> None:
    random = Random(f"choose {seed}")
    _, solutions, desk = orderings(random)
    options = {letter: random_formula(random, ordering_atom, 1) for letter in "ABC"}
    for letter, text in options.items():
        desk = desk.choose(letter, text)
    certificate = choose({}, desk).certificate
    assert certificate is not None
    if not solutions:
        assert certificate["value"] == "Contradiction"
        return
    for letter, text in options.items():
        truths = {holds(parse_formula(text), solution) for solution in solutions}
        expected = {(True,): "must", (False,): "cannot"}.get(tuple(truths), "could")
        assert certificate["options"][letter] == expected
