"""The local chat model: `LocalChatModel`, and what stands beside a checkpoint of our pipeline.

Importing this package loads neither torch nor transformers; taking a name from it does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corollary_agent.models.local.checkpoint import CARD
    from corollary_agent.models.local.model import LocalChatModel

__all__ = ["CARD", "LocalChatModel"]

_HOMES = {"CARD": "checkpoint", "LocalChatModel": "model"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
