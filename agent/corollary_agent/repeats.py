"""Repeated calls: the second is answered from memory, the third refused, the fourth ends the run.

A call repeats another when name, arguments and what stands on the desk are the same; tools are
deterministic, so it can bring nothing new. Counted over the whole run, so that A-B-A-B is caught
as well as A-A. Guarantees plain JSON values (`Memo`), to be stored with the state.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from corollary_agent.trace import Observation, ToolCall
from corollary_tools.desk import Desk
from corollary_tools.toolkit import Outcome

_NOTE = "(You made this same call before and got this same result. Go on from it.)"
_REFUSED = "Refused: you have made this same call twice already. Make another call, or answer."
_LAST = "The run ends here: this same call was made four times."

Memo = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What a call came to: its observation, the desk after it, what to remember, and the end."""

    observation: Observation
    desk: Desk
    memo: Memo
    ends: bool = False


def call_key(call: ToolCall, desk: Desk) -> str:
    """16 hexadecimal digits that are equal for calls that must bring the same result."""
    shown = desk.model_dump(mode="json", include={"variables", "premises", "choices"})
    records = [sorted(map(str, shown[field])) for field in ("premises", "choices")]
    key = json.dumps([call.name, call.arguments, shown["variables"], records], sort_keys=True)
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]


def first_result(call: ToolCall, desk: Desk, outcome: Outcome) -> Result:
    """Return the result of a call that was run, and the memo of it."""
    observation = Observation(
        call_id=call.id,
        text=outcome.text,
        fault=outcome.fault,
        certificate=outcome.certificate,
        milliseconds=outcome.milliseconds,
    )
    after = None if outcome.desk == desk else outcome.desk.model_dump(mode="json")
    kept = {"text": outcome.text, "certificate": outcome.certificate, "desk": after}
    return Result(observation, outcome.desk, {"count": 1, **kept})


def repeated_result(call: ToolCall, desk: Desk, memo: Memo) -> Result:
    """Return the result of a call that `memo` remembers, and the memo counted up."""
    counted = {**memo, "count": memo["count"] + 1}
    if counted["count"] > 2:
        ends = counted["count"] > 3
        return Result(_observed(call, _LAST if ends else _REFUSED), desk, counted, ends)
    after = Desk.model_validate(memo["desk"]) if memo["desk"] is not None else desk
    told = _observed(call, f"{memo['text']}\n{_NOTE}", memo["certificate"])
    return Result(told, after, counted)


def _observed(call: ToolCall, text: str, certificate: Any = None) -> Observation:
    return Observation(call_id=call.id, text=text, fault="repeated_call", certificate=certificate)
