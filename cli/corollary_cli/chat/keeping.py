"""Finished problems of a session as a run: problems, traces, and a person's edits as repair pairs.

Guarantees that a turn is stored once, and that the folder is one that `grade`, `pairs` and `report`
read. Does not judge for training.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.chat.turn import Turn

if TYPE_CHECKING:
    from corollary_agent.trace import Trace
    from corollary_tools.toolkit import Toolkit


def keep_turns(folder: Path, turns: Sequence[Turn], toolkit: Toolkit) -> int:
    """Store turns that are not there yet; return how many pairs their edits made.

    Raises CorollaryError where the folder cannot be written.
    """
    from corollary_datagen.pairs.edit_pairs import edit_pairs
    from corollary_datagen.store import open_store

    made = 0
    with open_store(folder) as store:
        known = [(trace.id, trace.problem_id, trace.model) for trace in store.traces()]
        for turn in turns:
            trace = _own(turn.trace)
            if trace.id in {row[0] for row in known}:
                continue
            sample = sum(row[1:] == (trace.problem_id, trace.model) for row in known)
            known.append((trace.id, trace.problem_id, trace.model))
            store.add_problems([turn.problem])
            store.add_trace(trace, sample)
            made += store.add_pairs(edit_pairs(turn.problem, trace, tools=toolkit.schemas()))
    return made


def _own(trace: Trace) -> Trace:
    """The trace under an id of what was done: a person's hand in it makes it another one."""
    from corollary_agent.approval import BY_A_PERSON

    if not any(a.fault in BY_A_PERSON for step in trace.steps for a in step.attempts):
        return trace
    done = json.dumps([trace.id, *(step.model_dump(mode="json") for step in trace.steps)])
    return trace.model_copy(update={"id": hashlib.sha256(done.encode()).hexdigest()[:16]})
