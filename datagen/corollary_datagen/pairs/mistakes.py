"""Error kinds: what the rejected side of a pair did wrong, in a word and the tool it concerns.

    wrong_reading:premise   a statement, option or list of names recorded with another meaning
    wrong_call:calculate    the right tool, called for something else
    wrong_tool:solve        another tool than the right one
    early_call:prove        a call before everything was read
    early_answer            an answer where a call was due
    needless_call:find      a call where the answer was due
    wrong_answer            the calls may be right, the answer is not
    no_answer:loop          none at all, with the stop reason
    tool_error:solve        a call that failed; also timeout, repeated_call
    malformed_call, unknown_tool, bad_arguments:premise, edited_call, refused_call   in repair pairs
    needless_calls, long    in efficiency pairs

A description by form, for counts and quotas; it decides nothing about right and wrong.
"""

from __future__ import annotations

from corollary_datagen.chains.chain import Chain, Move

READING = frozenset({"premise", "option", "declare"})
"""The tools that record what the problem says."""


def step_mistake(wrong: Chain, rejected: Move, chosen: Move) -> str:
    """What a move of a wrong chain did, beside the right move at its place."""
    if not rejected.calls:
        return "early_answer" if chosen.calls else "wrong_answer"
    tool = rejected.calls[0][0]
    return f"{_fault(wrong, rejected) or _difference(tool, chosen)}:{tool}"


def chain_mistake(right: Chain, wrong: Chain, first_wrong: int | None) -> str:
    """What a wrong chain did. first_wrong: the move at which its verdict says it went wrong."""
    if first_wrong is not None and first_wrong < min(len(wrong.moves), len(right.moves)):
        return step_mistake(wrong, wrong.moves[first_wrong], right.moves[first_wrong])
    return "wrong_answer" if wrong.trace.answer else f"no_answer:{wrong.trace.stop}"


def shows_mistake(wrong: Chain, first_wrong: int | None) -> bool:
    """Whether a wrong chain holds what is wrong with it: an answer, a loop, or a known wrong move.

    What was cut off before, by a limit or because its message could not be used, may be all right.
    """
    located = first_wrong is not None and first_wrong < len(wrong.moves)
    return located or wrong.trace.answer is not None or wrong.trace.stop == "loop"


def _difference(tool: str, chosen: Move) -> str:
    if not chosen.calls:
        return "needless_call"
    due = chosen.calls[0][0]
    if due == tool:
        return "wrong_reading" if tool in READING else "wrong_call"
    return "early_call" if due in READING and tool not in READING else "wrong_tool"


def _fault(chain: Chain, move: Move) -> str | None:
    if move.index >= len(chain.trace.steps):
        return None
    seen = chain.trace.steps[move.index].observations
    return next((str(o.fault) for o in seen if o.fault), None)
