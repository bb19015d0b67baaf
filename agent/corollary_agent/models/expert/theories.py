"""Rule theories: facts and rules about things, and one statement to prove or refute.

Reads ProofWriter's and PrOntoQA's sentences and plain quantified English (`All cats are animals`,
`No dogs are cats`, `Some pets are shy`, `Is Tom an animal?`). An adjective or noun becomes a unary
predicate, a verb a binary one in the third person, a name a lower-cased constant. What fits no
rule raises Unreadable; nothing is guessed.
"""

from __future__ import annotations

import re

from corollary_agent.models.expert.english import (
    is_plural,
    split_sentences,
    to_name,
    to_singular,
    to_third_person,
)
from corollary_agent.models.expert.plan import Move, Plan, Refusal, Unreadable, read_premise
from corollary_agent.models.expert.written import Written, join, negate, quantify
from corollary_agent.problem import Problem

_VARIABLE = "x"
_ANYTHING = {
    "something", "someone", "somebody", "anything", "anyone", "anybody", "everything", "everyone",
    "everybody", "it", "they", "he", "she", "a person", "a thing", "an object", "people", "things",
}  # fmt: skip
_THINGS = {"thing", "things", "people", "person", "persons", "objects", "object", "ones"}
_ADVERBS = re.compile(r"\b(?:also|always|both|either|therefore|however|then)\b,? ?")
_BE = re.compile(r"^(?P<subject>.+?) (?:is|are|was|were)(?P<no> not|n't)? (?P<rest>.+)$", re.I)
_DOES = re.compile(r"^(?P<subject>.+?) (?:does|do)(?: not|n't) (?P<verb>\w+) (?P<object>.+)$", re.I)
_VERB_THE = re.compile(r"^(?P<subject>.+?) (?P<verb>\w+) (?P<object>the .+)$", re.I)
_VERB_NAME = re.compile(r"^(?P<subject>(?:the )?\w+) (?P<verb>\w+) (?P<object>[A-Z]\w*)$")
_TRUE_OR = re.compile(r"^.*\b(?:true|false)\b[^?]*\?\s*(?=\S)", re.I | re.S)
_TAIL = re.compile(r"^.*?\b(?:that|statement:)\s+(?=\S)", re.I | re.S)


def plan_theory(problem: Problem) -> Plan:
    """Plan one premise a statement, then `prove` with the question's statement."""
    statements, question = statements_of(problem)
    moves: list[Move | Refusal] = [
        read_premise(n, text, read_sentence) for n, text in enumerate(statements, 1)
    ]
    try:
        moves.append(Move("prove", {"conclusion": read_question(question)}))
    except Unreadable:
        moves.append(Refusal(f"I cannot read the question: {question}"))
    return Plan("theories", tuple(moves), lambda result: _conclude(problem, result))


def statements_of(problem: Problem) -> tuple[tuple[str, ...], str]:
    """The numbered statements and the question; a problem of one text is split into sentences."""
    if problem.statements:
        return problem.statements, problem.question
    sentences = split_sentences(problem.question)
    return tuple(sentences[:-1]), sentences[-1] if sentences else ""


def read_sentence(sentence: str) -> str:
    """The canonical formula of one fact or rule, such as `forall x. cold(x) -> nice(x)`."""
    text = _plain(sentence)
    rule = re.match(r"^if (.+?),? then (.+)$", text, re.I) or re.match(
        r"^if (.+), (.+)$", text, re.I
    )
    if rule:
        return _read_rule(rule[1], rule[2]).text
    return _read_statement(text).text


def read_question(question: str) -> str:
    """The canonical formula of the statement that a question asks about."""
    text = _TRUE_OR.sub("", question.strip())
    if not text.endswith("?"):
        return read_sentence(text)
    text = text.rstrip("? ")
    asked = re.match(
        r"^(?:is it true|is it the case|does it follow|can we .*?) that (.+)$", text, re.I
    )
    return read_sentence(asked[1] if asked else _uninvert(text))


def _plain(sentence: str) -> str:
    text = re.sub(r"\s+", " ", sentence).strip().rstrip(".!? ")
    text = re.sub(r"^(?:therefore|so|also|and),? ", "", text, flags=re.I)
    return text.replace("’", "'").replace("n't ", " not ").replace("cannot ", "can not ")


def _uninvert(question: str) -> str:
    """`Is Tom an animal` -> `Tom is an animal`; `Does the cow see Bob` -> `the cow sees Bob`."""
    does = re.match(r"^does (the .+?|\w+) (not )?(\w+) (the .+|\w+)$", question, re.I)
    if does and does[2]:
        return f"{does[1]} does not {does[3]} {does[4]}"
    if does:
        return f"{does[1]} {to_third_person(does[3])} {does[4]}"
    be = re.match(
        r"^(is|are) ((?:every|each|all|no|some) \w+|the .+?|\w+) ((?:not )?(?:an? .+|\S+))$",
        question,
        re.I,
    )
    if not be:
        raise Unreadable(question)
    return f"{be[2]} {be[1].lower()} {be[3]}"


def _read_rule(body: str, head: str) -> Written:
    subject, conditions = _read_clauses(body, "")
    _, conclusions = _read_clauses(head, subject)
    rule = join("->", [conditions, conclusions])
    return quantify("forall", rule) if _is_open(rule) else rule


def _is_open(formula: Written) -> bool:
    return bool(re.search(rf"[(, ]{_VARIABLE}[,)]", formula.text))


def _read_clauses(text: str, subject: str) -> tuple[str, Written]:
    """Clauses joined by `or`, each of clauses joined by `and`; also the first clause's subject."""
    alternatives: list[Written] = []
    first = subject
    for part in re.split(r",? or ", text):
        clauses: list[Written] = []
        for clause in re.split(r",? and |, ", part):
            subject, formula = _read_clause(clause.strip(), subject)
            first = first or subject
            clauses.append(formula)
        alternatives.append(join("&", clauses))
    return first, join("|", alternatives)


def _read_clause(text: str, subject: str) -> tuple[str, Written]:
    """One clause; a clause without a subject of its own, such as `not cold`, goes on with one."""
    be, does = _BE.match(text), _DOES.match(text)
    if be:
        term = _read_term(be["subject"])
        return term, _describe(term, be["rest"], negative=bool(be["no"]))
    if does:
        term = _read_term(does["subject"])
        verb = to_third_person(does["verb"])
        return term, negate(_relate(verb, term, does["object"]))
    verbal = _VERB_THE.match(text) or _VERB_NAME.match(text)
    if verbal and verbal["subject"].lower() != "not":
        term = _read_term(verbal["subject"])
        plural = verbal["subject"].lower() in ("they", "people", "things")
        verb = to_third_person(verbal["verb"].lower()) if plural else verbal["verb"].lower()
        return term, _relate(verb, term, verbal["object"])
    return subject, _go_on(text, subject)


def _go_on(text: str, subject: str) -> Written:
    if not subject:
        raise Unreadable(text)
    verbal = re.match(r"^(\w+s) (the .+|[A-Z]\w*)$", text)
    if verbal:
        return _relate(verbal[1], subject, verbal[2])
    return _describe(subject, re.sub(r"^(?:is|are) ", "", text), negative=False)


def _read_term(phrase: str) -> str:
    words = phrase.lower()
    if words in _ANYTHING:
        return _VARIABLE
    if re.search(r"\b(?:if|then|not|and|or|is|are|all|every|no|some)\b", words):
        raise Unreadable(phrase)
    return to_name(phrase)


def _relate(verb: str, subject: str, phrase: str) -> Written:
    return Written(f"{verb.lower()}({subject}, {_read_term(phrase)})")


def _describe(term: str, phrase: str, *, negative: bool) -> Written:
    """What follows `is`: adjectives or a noun with its adjectives, as predicates of `term`."""
    text = phrase.strip()
    while text.lower().startswith("not "):
        negative, text = not negative, text[4:]
    than = re.match(r"^(?:a |an |the )?(\w+) (than|of|in|to|at|with|from|near) (.+)$", text, re.I)
    if than:
        formula = _relate(f"{than[1]}_{than[2]}".lower(), term, than[3])
        return negate(formula) if negative else formula
    parts = [Written(f"{name}({term})") for name in _predicates(text)]
    formula = join("&", parts)
    return negate(formula) if negative else formula


def _predicates(phrase: str) -> list[str]:
    """The predicates of a noun phrase: its adjectives in order, its noun in the singular."""
    text = re.sub(r"^(?:a|an|the) ", "", phrase.strip().lower())
    words = [word for word in re.split(r",? and |, | ", text) if word]
    if not words or not all(re.fullmatch(r"[a-z][a-z0-9_-]*", word) for word in words):
        raise Unreadable(phrase)
    if len(words) > 1 and words[-1] in _THINGS:
        words = words[:-1]
    return [word.replace("-", "_") for word in (*words[:-1], to_singular(words[-1]))]


def _read_statement(text: str) -> Written:
    """A statement without `if`: quantified, bare plural, or a fact."""
    quantified = re.match(r"^(all|every|each|any|no|some|not all|not every) (.+)$", text, re.I)
    if quantified:
        return _read_quantified(quantified[1].lower(), quantified[2])
    be = re.match(r"^([\w, -]+?) are (.+)$", text)
    if be and not be[1].lower().startswith("the ") and be[1].lower() not in _ANYTHING:
        return _read_quantified("all", text)
    _, formula = _read_clauses(text, "")
    return quantify("forall", formula) if _is_open(formula) else formula


def _read_quantified(word: str, text: str) -> Written:
    nouns, body = _split_nouns(text)
    kinds = join("&", [Written(f"{name}({_VARIABLE})") for name in _predicates(nouns)])
    _, said = _read_clauses(f"it {body}", "")
    if word == "some":
        return quantify("exists", join("&", [kinds, said]))
    if word.startswith("not "):
        return quantify("exists", join("&", [kinds, negate(said)]))
    return quantify("forall", join("->", [kinds, negate(said) if word == "no" else said]))


def _split_nouns(text: str) -> tuple[str, str]:
    """The nouns spoken of and what is said of them, in the third person."""
    be = re.match(r"^(.+?) (?:is|are) (.+)$", text)
    if be:
        return be[1], f"is {be[2]}"
    does = re.match(r"^(.+?) (?:do|does) not (.+)$", text)
    if does:
        return does[1], f"does not {does[2]}"
    verbal = re.match(r"^(.+) (\w+) (the .+|[A-Z]\w*)$", text)
    if not verbal:
        raise Unreadable(text)
    many = is_plural(verbal[1].split()[-1])
    return verbal[1], f"{to_third_person(verbal[2]) if many else verbal[2]} {verbal[3]}"


def _conclude(problem: Problem, result: str) -> str:
    """The truth value that `prove` found; the option's letter where a letter is asked for."""
    found = re.match(r"(True|False|Unknown)\b", result)
    if not found:
        return result
    if problem.asks == "choice" and found[1] in problem.options:
        return chr(ord("A") + problem.options.index(found[1]))
    return found[1]
