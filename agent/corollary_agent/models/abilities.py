"""What a model may be asked for beyond messages, tools and sampling: names of OpenAI's parameters.

A model says which it understands in its property `abilities`. Does not check requests (`serving`).
"""

from __future__ import annotations

OPENAI_ABILITIES = frozenset({
    "tool_choice", "parallel_tool_calls", "strict", "logprobs", "top_logprobs", "response_format",
})  # fmt: skip
"""All of them."""
