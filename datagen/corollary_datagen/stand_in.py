"""Which models are no language models, so that nobody takes what they say for what those do.

Goes by the name that a trace carries. Guarantees that the embedded expert is known under every name
that it gives itself; says nothing of a model that hides what it is.
"""

from __future__ import annotations


def is_stand_in(model: str) -> bool:
    """Whether a model is the embedded rule-based expert and not a language model."""
    return model.split(" ")[0].split(":")[0] == "expert"
