"""How a formula or an expression goes wrong: one small change of the text, by kind of mistake.

Works on the canonical rendering. A change that is not possible returns the text as it was, so that
the caller sees that the kind does not apply. What comes out is well formed: a tool accepts it and
the mistake shows only in its meaning.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Spoiler = Callable[[str, str, random.Random], str]

_LITERAL = re.compile(r"~?[A-Za-z_]\w*\([^()]*\)")
_WORD = re.compile(r"~?\b(?!forall\b|exists\b|xor\b|true\b|false\b)[A-Za-z_]\w*\b")
_COMPARISON = re.compile(r"^(.+?) (<=|>=|==|!=|<|>) (.+)$")
_SPEECH = re.compile(r"^(\w+ <-> )(.+)$")
_RULE = re.compile(r"^((?:forall \w+\. )*)(.+?) -> (.+)$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"\b[A-Z][a-z]+\b")
_OPERATIONS = {"+": "-", "-": "+", "*": "/", "/": "*"}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}


def names_in(text: str) -> list[str]:
    """The capitalised words that stand within sentences, each once, in order."""
    return list(dict.fromkeys(_NAME.findall(re.sub(r"(?:^|[.?!] )[A-Z]\w*", "", text))))


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, in order."""
    return _NUMBER.findall(text)


def drop_conjunct(formula: str, _text: str, draw: random.Random) -> str:
    """Leave out one condition, or who spoke, or (where there is but one thing said) everything."""
    speech, rule = _SPEECH.match(formula), _RULE.match(formula)
    if speech:
        return _without_brackets(speech[2])
    body = rule[2] if rule else formula
    parts = body.split(" & ")
    if len(parts) == 1 or "(" in re.sub(r"\w\([^()]*\)", "", body):
        return "true"
    parts.pop(draw.randrange(len(parts)))
    kept = " & ".join(parts)
    return f"{rule[1]}{kept} -> {rule[3]}" if rule else _requantified(kept, formula)


def flip_negation(formula: str, _text: str, draw: random.Random) -> str:
    """Negate one literal, or take its negation off; a comparison becomes its opposite."""
    comparison = None if "<->" in formula or "->" in formula else _COMPARISON.match(formula)
    if comparison:
        return f"{comparison[1]} {_OPPOSITE[comparison[2]]} {comparison[3]}"
    speech = _SPEECH.match(formula)
    start = len(speech[1]) if speech else 0
    found = list((_LITERAL if "(" in formula and not speech else _WORD).finditer(formula, start))
    if not found:
        return formula
    one = draw.choice(found)
    flipped = one[0][1:] if one[0].startswith("~") else "~" + one[0]
    return formula[: one.start()] + flipped + formula[one.end() :]


def reverse_rule(formula: str, _text: str, _draw: random.Random) -> str:
    """Swap a rule's two sides, or the two sides of an order."""
    speech = _SPEECH.match(formula)
    head, rest = (speech[1], speech[2]) if speech else ("", formula)
    rule = _RULE.match(rest)
    if rule and "<->" not in rest:
        return f"{head}{rule[1]}{_bracket(rule[3])} -> {rule[2]}"
    order = re.match(r"^(\w+) (<=|>=|<|>) (\w+)$", rest)
    return f"{head}{order[3]} {order[2]} {order[1]}" if order else formula


def swap_name(formula: str, text: str, draw: random.Random) -> str:
    """Put another of the formula's or the text's names, or a nearby number, in one place."""
    numbers = list(re.finditer(r"(?<=[=<>] )\d+$", formula))
    if numbers:
        wrong = max(1, int(numbers[0][0]) + draw.choice((-1, 1)))
        return formula[: numbers[0].start()] + str(wrong)
    places = list(re.finditer(r"(?<=[(, ~])(?!x\b|xor\b)[a-z_]\w*(?=[,) ]|$)(?! ->)", formula))
    others = [n.lower() for n in names_in(text)]
    choices = [(p, o) for p in places for o in others if o != p[0]]
    if not choices:
        return formula
    place, other = draw.choice(choices)
    return formula[: place.start()] + other + formula[place.end() :]


def change_number(expression: str, text: str, draw: random.Random) -> str:
    """Put another number, from the text where it has one, in the place of one number."""
    places = list(_NUMBER.finditer(expression))
    if not places:
        return expression
    place = draw.choice(places)
    others = [n for n in numbers_in(text) if n != place[0] and float(n) != 0]
    wrong = draw.choice(others) if others else str(int(float(place[0])) + 1)
    return expression[: place.start()] + wrong + expression[place.end() :]


def change_operation(expression: str, _text: str, draw: random.Random) -> str:
    """Put the opposite operation in the place of one that stands between two terms."""
    places = list(re.finditer(r"(?<=[\w)%]) ?([-+*/]) ?(?=[\w(])", expression))
    if not places:
        return expression
    place = draw.choice(places)
    wrong = _OPERATIONS[place[1]]
    return expression[: place.start(1)] + wrong + expression[place.end(1) :]


def _requantified(kept: str, formula: str) -> str:
    quantifier = re.match(r"^(?:exists|forall) \w+\. ", formula)
    return kept if not quantifier or kept.startswith(quantifier[0]) else quantifier[0] + kept


def _without_brackets(text: str) -> str:
    inner = re.match(r"^\(([^()]*)\)$", text)
    return inner[1] if inner else text


def _bracket(text: str) -> str:
    return f"({text})" if re.search(r" (?:->|<->) ", text) else text


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
