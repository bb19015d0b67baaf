"""Preference pairs from logs that you have: two runs of one problem, one right and one wrong.

The log is in OpenAI's message form; programs, prose, LangSmith runs and OpenTelemetry spans are
read likewise. Each call is run again; where the log has another result, the tool's counts.
"""

import json
from pathlib import Path

from corollary_datagen.grading.judging import grade_all
from corollary_datagen.imports import ImportSettings, import_files
from corollary_datagen.pairs import PairSettings, build_pairs
from corollary_datagen.store import open_store
from corollary_tools.toolkit import load_toolkit

QUESTION = "Ann had 48 clips, sold half of them and then 5 more. How many are left?"


def logged(expression: str, result: str, answer: str) -> str:
    """One line of the log."""
    call = {"name": "calculate", "arguments": json.dumps({"expression": expression})}
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": call}]},
        {"role": "tool", "tool_call_id": "c", "content": result},
        {"role": "assistant", "content": answer},
    ]
    return json.dumps({"model": "gpt-4o", "messages": messages})


Path("logs").mkdir()
log = Path("logs/agent.jsonl")
log.write_text("\n".join([logged("48/2 - 5", "19", "19"), logged("48 - 5", "42", "43"), "{"]))
Path("mine.jsonl").write_text(json.dumps({"question": QUESTION, "answer": "19"}))

with open_store(Path("run")) as store, load_toolkit("all") as toolkit:
    found = import_files(store, [log], toolkit, settings=ImportSettings(source="jsonl:mine.jsonl"))
    print("imported", found.total.imported, "refused", dict(found.reasons))
    print("differs:", *found.differences)
    grade_all(store, toolkit.workers)
    for row in sorted(store.graded(), key=lambda row: row.trace.recorded_from):
        print(row.trace.recorded_from, row.verdict.judgement, "-", row.verdict.reason)
    for pair in build_pairs(store, PairSettings(kinds=("outcome",)), toolkit=toolkit):
        for side, message in (("chosen", pair.chosen[0]), ("rejected", pair.rejected[0])):
            print(f"{side}: {message['tool_calls'][0]['function']['arguments']}")

# Output:
# imported 2 refused {'the row is not JSON': 1}
# differs: logs/agent.jsonl:2: calculate: '42' is now '43'
# logs, agent.jsonl:1 (unknown) CORRECT - the gold answer
# logs, agent.jsonl:2 (unknown) INCORRECT - 43, not 19
# chosen: {'expression': '48/2 - 5'}
# rejected: {'expression': '48 - 5'}
