"""What to send instead of a call that was stopped: operation -> a smaller form of what it does.

Guarantees one sentence for every operation. Does not know why a call was slow.
"""

from __future__ import annotations

_LOGIC = "fewer premises, only those that this needs"
_NUMBERS = "a smaller number, or ask for less of it"
_SMALLER = {
    "simplify": "one term or factor at a time, lower powers, or rewrite it in one form",
    "equal": "the terms one at a time, or lower powers",
    "solve": "fewer equations or lower powers, one factor at a time, or numeric=True",
    "rewrite": "one factor or term at a time, or lower powers",
    "substitute": "one term at a time, or lower powers",
    "divide": "polynomials of lower degree",
    "roots": "one factor at a time, or a polynomial of lower degree",
    "derivative": "one term at a time, or a lower order",
    "integral": "one term at a time or a simpler one; with both bounds a number may be found",
    "limit": "one term or factor at a time, or a simpler form of it",
    "series": "a lower order",
    "extrema": "a simpler expression, or narrower bounds",
    "total": 'fewer terms (some thousands), or last="n" for a formula',
    "solve_ode": "a simpler equation, or one in one unknown function",
    "describe": "a simpler expression",
    "matrix": "a smaller matrix, or numbers in place of letters",
    "linear_system": "a smaller system, or numbers in place of letters",
    "matrix_calculate": "smaller matrices or powers, or one step at a time",
    "vectors": "shorter vectors, or numbers in place of letters",
    "factorise": _NUMBERS,
    "primes": _NUMBERS,
    "remainder": _NUMBERS,
    "count_ways": _NUMBERS,
    "solve_integers": "fewer unknowns, or bounds for each of them, such as 0 <= x <= 100",
    "chance": "fewer unknowns or fewer values of each",
    "prove": _LOGIC,
    "model": _LOGIC,
    "same": "the parts of the formulas one at a time",
    "find": "narrower values of the unknowns, or fewer unknowns",
    "choose": "narrower values of the unknowns",
    "optimise": "narrower values of the unknowns, or a simpler objective",
    "check_answer": "one constraint at a time",
    "check_step": "a smaller step, or only the premises that it needs",
}


def instead_of(operation: str) -> str:
    """What to send instead of a call of `operation` that took too much, as a sentence."""
    smaller = _SMALLER.get(operation)
    if smaller is None:
        return "Send a smaller or simpler problem."
    return f"This {operation} is too large. Send {smaller}."
