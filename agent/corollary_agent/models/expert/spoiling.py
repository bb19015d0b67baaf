"""How a formula or an expression goes wrong: one small change of the text, by kind of mistake.

Works on the canonical rendering. A change that is not possible returns the text as it was, so that
the caller sees that the kind does not apply. What comes out is well formed: a tool accepts it and
the mistake shows only in its meaning.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_KEYWORDS = r"(?!(?:forall|exists|xor|true|false)\b)"
_ATOM = re.compile(r"~?\b[A-Za-z_]\w*\([^()]*\)")
_WORD = re.compile(rf"~?\b{_KEYWORDS}[A-Za-z_]\w*")
_COMPARISON = re.compile(r"^(.+?) (<=|>=|==|!=|<|>) (.+)$")
_SPEECH = re.compile(r"^(\w+ <-> )(.+)$")
_RULE = re.compile(r"^((?:forall \w+\. )?)(.+?) -> (.+)$")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?|(?<=\*)\d+")
_OPERATIONS = {"+": "-", "-": "+", "*": "/", "/": "*"}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Pool:
    """What wrong parts are drawn from: the problem's names and numbers, and the draw itself."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    draw: random.Random


Spoiler = Callable[[str, Pool], str]


def names_in(formula: str) -> list[str]:
    """The names of things in a canonical formula, each once, in order."""
    bound = set(re.findall(r"(?:forall|exists) (\w+)\.", formula))
    inside = [a for args in re.findall(r"\(([\w, ]+)\)", formula) for a in args.split(", ")]
    plain = [] if _ATOM.search(formula) else [w.lstrip("~") for w in _WORD.findall(formula)]
    return [n for n in dict.fromkeys([*inside, *plain]) if n not in bound and " " not in n]


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, in order."""
    return re.findall(r"\d+(?:\.\d+)?", text)


def drop_conjunct(formula: str, pool: Pool) -> str:
    """Leave out one condition, or who spoke, or (where there is but one thing said) everything."""
    speech, rule = _SPEECH.match(formula), _RULE.match(formula)
    if speech:
        inner = re.fullmatch(r"\(([^()]*)\)", speech[2])
        return inner[1] if inner else speech[2]
    quantifier = re.match(r"^(?:exists|forall) \w+\. ", formula)
    head = rule[1] if rule else quantifier[0] if quantifier else ""
    parts = (rule[2] if rule else formula[len(head) :]).split(" & ")
    if len(parts) == 1 or re.search(r"(?<!\w)\(|\||<->", formula):
        return "true"
    parts.pop(pool.draw.randrange(len(parts)))
    return head + " & ".join(parts) + (f" -> {rule[3]}" if rule else "")


def flip_negation(formula: str, pool: Pool) -> str:
    """Negate one literal, or take its negation off; a comparison becomes its opposite."""
    comparison = None if re.search(r"->|[|&]", formula) else _COMPARISON.match(formula)
    if comparison:
        return f"{comparison[1]} {_OPPOSITE[comparison[2]]} {comparison[3]}"
    speech = _SPEECH.match(formula)
    pattern = _ATOM if _ATOM.search(formula) else _WORD
    found = list(pattern.finditer(formula, len(speech[1]) if speech else 0))
    if not found or re.search(r"[=<>] \w", re.sub(r"<?->", "", formula)):
        return formula
    one = pool.draw.choice(found)
    flipped = one[0][1:] if one[0].startswith("~") else "~" + one[0]
    return formula[: one.start()] + flipped + formula[one.end() :]


def reverse_rule(formula: str, _pool: Pool) -> str:
    """Swap a rule's two sides, or the two sides of an order."""
    speech = _SPEECH.match(formula)
    head, rest = (speech[1], speech[2]) if speech else ("", formula)
    rule, order = _RULE.match(rest), re.match(r"^(\w+) (<=|>=|<|>) (\w+)$", rest)
    if rule and "<->" not in rest:
        body = f"({rule[3]})" if " -> " in rule[3] else rule[3]
        return f"{head}{rule[1]}{body} -> {rule[2]}"
    return f"{head}{order[3]} {order[2]} {order[1]}" if order else formula


def swap_name(formula: str, pool: Pool) -> str:
    """Put another of the problem's names, or a neighbouring position, in one place."""
    position = re.search(r"(?<=[=<>] )\d+$", formula)
    if position:
        wrong = int(position[0]) - 1 if int(position[0]) > 1 else 2
        return formula[: position.start()] + str(wrong)
    names = names_in(formula)
    choices = [(name, other) for name in names for other in pool.names if other != name]
    if not choices:
        return formula
    name, other = pool.draw.choice(choices)
    place = pool.draw.choice(list(re.finditer(rf"\b{name}\b(?!\()", formula)))
    return formula[: place.start()] + other + formula[place.end() :]


def change_number(expression: str, pool: Pool) -> str:
    """Put another number, from the problem where it has one, in the place of one number."""
    places = list(_NUMBER.finditer(expression))
    if not places:
        return expression
    place = pool.draw.choice(places)
    others = [n for n in pool.numbers if float(n) not in (float(place[0]), 0)]
    wrong = pool.draw.choice(others) if others else str(int(float(place[0])) + 1)
    return expression[: place.start()] + wrong + expression[place.end() :]


def change_operation(expression: str, pool: Pool) -> str:
    """Put the opposite operation in the place of one that stands between two terms."""
    places = list(re.finditer(r"(?<=[\w)%]) ?([-+*/]) ?(?=[\w(])", expression))
    if not places:
        return expression
    place = pool.draw.choice(places)
    wrong = _OPERATIONS[place[1]]
    return expression[: place.start(1)] + wrong + expression[place.end(1) :]


FORMULA: dict[str, Spoiler] = {
    "dropped_premise": drop_conjunct,
    "flipped_negation": flip_negation,
    "reversed_rule": reverse_rule,
    "wrong_operand": swap_name,
}
EXPRESSION: dict[str, Spoiler] = {
    "wrong_operand": change_number,
    "wrong_operation": change_operation,
}
