"""The words of a dataset card that are the same for every dataset.

Guarantees a description of each column of an export. Holds no figures.
"""

from __future__ import annotations

INTRODUCTION = """# Preference pairs of an agent that solves problems with symbolic tools

Each row has `prompt`, `chosen`, `rejected` and `tools` in TRL's conversational form: messages with
tool calls whose arguments are objects, and the tools' JSON schemas. Tool results among the messages
were written by solvers, not by a model: they must be masked out of a loss."""

USE = """```python
from datasets import load_dataset

pairs = load_dataset("OWNER/NAME")       # or the path of this folder
row = pairs["train"][0]
row["prompt"] + row["chosen"]            # what to write
row["prompt"] + row["rejected"]          # what not to write
```"""

COLUMNS = (
    ("prompt", "messages that both sides begin with"),
    ("chosen", "messages that are preferred: one, or a whole chain with its tool results"),
    ("rejected", "messages that are not"),
    ("tools", "JSON schemas that stood in the prompt; empty where calls are written as text"),
    ("kind", "outcome (whole chains), step (one decision), repair (a call mended), efficiency"),
    ("origin", "how the pair was found within its kind"),
    ("error_kind", "what the rejected side did wrong; empty where nobody looked"),
    ("margin", "how much better chosen is, in the unit of its kind"),
    ("problem_id, family", "where the problem is from; a family never stands in two splits"),
    ("chosen_trace, rejected_trace", "the runs that the sides were cut from"),
)

EVALUATION = (
    "Rows come from problems of {}, which others may evaluate on: a model trained on these rows"
    " must not be evaluated on them."
)
PROVIDERS = (
    "Sides by {} were written by a hosted model, and the terms of its provider may limit what"
    " models may be trained on them."
)
