"""Finding a chat model by its spec: `expert`, `local:PATH`, `openai:NAME@URL` and so on.

Guarantees that only what a spec needs is imported: no torch for an expert or a hosted model. Does
not download anything by itself (a Hub name given to `local:` may).
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from corollary_tools.errors import CorollaryError

STUDENTS = ("shipped", "starter")
PROVIDERS = (
    "anthropic", "anthropic_bedrock", "azure_ai", "azure_openai", "baseten", "bedrock",
    "bedrock_converse", "cohere", "deepseek", "fireworks", "google_genai", "google_vertexai",
    "groq", "ibm", "mistralai", "nvidia", "ollama", "openai", "openrouter", "perplexity",
    "together", "xai",
)  # fmt: skip
_HINT = "expert:0.2, starter, local:PATH, openai:NAME@URL, scripted:PATH or recorded:PATH"


def load_model(spec: str, **options: Any) -> BaseChatModel:
    """Return the chat model that `spec` names.

    Specs: expert, expert:RATE (of mistakes), scripted:PATH, recorded:PATH, local:PATH[@ADAPTER],
    shipped, starter, openai:NAME@URL, PROVIDER:NAME. options go to the model's class. Raises
    CorollaryError: unknown name (exit code 2), or a missing extra (3).
    """
    kind, _, rest = spec.partition(":")
    if kind in STUDENTS and not rest:
        return _local(str(student_path(kind)), options)
    loader = _LOADERS.get(kind)
    if loader is not None and (rest or kind == "expert"):
        return loader(rest, options)
    if rest and kind in PROVIDERS:
        return _hosted(spec, options)
    raise _unknown(spec)


def model_name(model: BaseChatModel) -> str:
    """The name that traces give a model: its spec where it has one, else its class and its name."""
    spec = getattr(model, "model_spec", None)
    if isinstance(spec, str) and spec:
        return spec
    name = getattr(model, "model_name", None) or getattr(model, "model", None)
    return f"{type(model).__name__}:{name}" if name else type(model).__name__


def student_path(name: str) -> Path:
    """The folder of a student in the package. Raises CorollaryError where it is not there."""
    found = find_spec("corollary_training")
    roots = list(found.submodule_search_locations or []) if found else []
    path = Path(roots[0], "students", name) if roots else None
    if path is None or not path.is_dir():
        raise CorollaryError(
            f"there is no student {name!r} in this installation",
            because=f"{path or 'corollary_training'} is not there",
            remedy="expert, or local:PATH with a checkpoint of your own",
        )
    return path


def _expert(rest: str, options: dict[str, Any]) -> BaseChatModel:
    try:
        rate = {"error_rate": float(rest)} if rest else {}
    except ValueError:
        raise _unknown(f"expert:{rest}") from None
    return _built("corollary_agent.models.expert.model", "ExpertChatModel", rate | options)


def _scripted(rest: str, options: dict[str, Any]) -> BaseChatModel:
    return _built("corollary_agent.models.scripted", "load_scripted", {"path": rest, **options})


def _recorded(rest: str, options: dict[str, Any]) -> BaseChatModel:
    return _built("corollary_agent.models.recorded", "load_recorded", {"path": rest, **options})


def _local(rest: str, options: dict[str, Any]) -> BaseChatModel:
    path, _, adapter = rest.partition("@")
    chosen = {"path": path, "adapter": adapter or None, **options}
    return _built("corollary_agent.models.local", "LocalChatModel", chosen)


def _hosted(spec: str, options: dict[str, Any]) -> BaseChatModel:
    return _built("corollary_agent.models.hosted.loading", "load_hosted", {"spec": spec, **options})


def _built(module: str, name: str, options: dict[str, Any]) -> BaseChatModel:
    build: Callable[..., BaseChatModel] = getattr(importlib.import_module(module), name)
    return build(**options)


_LOADERS: dict[str, Callable[[str, dict[str, Any]], BaseChatModel]] = {
    "expert": _expert,
    "scripted": _scripted,
    "recorded": _recorded,
    "local": _local,
}


def _unknown(spec: str) -> CorollaryError:
    near = difflib.get_close_matches(
        spec.partition(":")[0], [*_LOADERS, *STUDENTS, *PROVIDERS], n=2
    )
    return CorollaryError(
        f"there is no model {spec!r}",
        because="no kind of model has that name, or the part after the colon is missing",
        remedy=f"{' or '.join(near)} (known: {_HINT})" if near else _HINT,
    )
