"""What a server of ours says about its model: how it wants to be spoken to.

Guarantees an answer within seconds, and None for any server that does not say. Asks the server
that the model was named with, as the model itself would, and no other.
"""

from __future__ import annotations

from typing import Any

from corollary_agent.prompt import PromptSettings

_SECONDS = 3.0


def read_prompt(inner: Any, name: str) -> PromptSettings | None:
    """Return the prompt settings that the server of a ChatOpenAI lists for the model `name`."""
    client = getattr(inner, "root_client", None)
    if client is None:
        return None
    try:
        rows = client.with_options(timeout=_SECONDS, max_retries=0).models.list().data
        row = next(row for row in rows if row.id == name)
        return PromptSettings.model_validate(row.model_extra["corollary"]["prompt"])
    except Exception:  # noqa: BLE001  whatever goes wrong here, its answers will show it
        return None
