"""Rule theories: facts and rules about things, and one statement to prove or refute.

Reads ProofWriter's and PrOntoQA's sentences and plain quantified English (see `sentences`). An
adjective or noun becomes a unary predicate, a verb a binary one in the third person, a name a
lower-cased constant. What cannot be read is refused; nothing is guessed.
"""

from __future__ import annotations

import re

from corollary_agent.models.expert.plan import Move, Plan, Refusal, Unreadable, read_premise
from corollary_agent.models.expert.sentences import read_question, read_sentence
from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_tools.desk import letter


def plan_theory(problem: Problem) -> Plan:
    """Plan one premise a statement, then `prove` with the question's statement."""
    statements, question = statements_of(problem)
    moves: list[Move | Refusal] = [
        read_premise(n, text, read_sentence) for n, text in enumerate(statements, 1)
    ]
    try:
        moves.append(Move("prove", {"conclusion": read_question(question)}))
    except Unreadable:
        moves.append(
            Refusal(f"I cannot read the question: {question}", "I cannot read the question.")
        )
    return Plan("theories", tuple(moves), lambda result: _conclude(problem, result))


def statements_of(problem: Problem) -> tuple[tuple[str, ...], str]:
    """The numbered statements and the question; a problem of one text is split into sentences."""
    if problem.statements:
        return problem.statements, problem.question
    sentences = split_sentences(problem.question)
    return sentences[:-1], sentences[-1] if sentences else ""


def _conclude(problem: Problem, result: str) -> str:
    """The truth value that `prove` found; the option's letter where a letter is asked for."""
    found = re.match(r"(True|False|Unknown)\b", result)
    if not found:
        return result
    if problem.asks == "choice" and found[1] in problem.options:
        return letter(problem.options.index(found[1]))
    return found[1]
