"""Loading a checkpoint: weights, tokenizer, where messages end, how it was spoken to.

Safetensors only, no remote code. Guarantees that what is wrong with a checkpoint is a
CorollaryError with its path. Does not decode.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from corollary_agent.prompt import PromptSettings
from corollary_tools.errors import CorollaryError

CARD = "corollary.json"
"""Beside a checkpoint that our pipeline trained: the prompt that it was trained under."""

_DTYPES = ("auto", "float32", "bfloat16", "float16")
_LAYERS = ("full_attention", "sliding_attention", "chunked_attention")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded model. stops: token ids that end a message; context: tokens it can read."""

    path: str
    model: Any
    tokenizer: Any
    stops: frozenset[int]
    context: int


def load_checkpoint(path: str, *, device: str = "auto", dtype: str = "auto") -> Checkpoint:
    """Load a checkpoint's folder or Hub name. Raises CorollaryError for what cannot be loaded."""
    if dtype not in _DTYPES:
        raise CorollaryError(
            f"there is no dtype {dtype!r}",
            because="weights are loaded in a floating-point type",
            remedy=", ".join(_DTYPES),
        )
    place = _device(device)
    if path.startswith(("/", ".", "~")) and not Path(path).is_dir():
        raise unreadable(path, FileNotFoundError("there is no such folder"))
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model, told = AutoModelForCausalLM.from_pretrained(
            path, dtype=_dtype(dtype, place), use_safetensors=True, output_loading_info=True
        )
    except Exception as error:
        raise unreadable(path, error) from error
    if lacking := sorted(told["missing_keys"]):
        raise unreadable(path, ValueError(f"its weights lack {', '.join(lacking[:3])}"))
    _check_layers(path, model)
    context = int(getattr(model.config.get_text_config(), "max_position_embeddings", 2**31))
    model = model.to(place).eval()
    return Checkpoint(path, model, tokenizer, _stops(model, tokenizer), context)


def unreadable(path: str, error: Exception) -> CorollaryError:
    """The error for a checkpoint or an adapter that cannot be loaded."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return CorollaryError(
        f"cannot load the model {path}",
        because=lines[0][:200],
        remedy="a folder with config.json, model.safetensors and a tokenizer, or a Hub name",
    )


def trained_prompt(path: Path) -> PromptSettings:
    """How a checkpoint was spoken to when it was trained; the default where it does not say.

    Raises CorollaryError for a card that cannot be read.
    """
    card = path / CARD
    if not card.is_file():
        return PromptSettings()
    try:
        return PromptSettings(**json.loads(card.read_text(encoding="utf-8"))["prompt"])
    except (ValueError, KeyError, TypeError) as error:
        raise CorollaryError(
            f"cannot read {card}",
            because=" ".join(f"{type(error).__name__}: {error}".split())[:200],
            remedy="the file that the training wrote, or none",
        ) from error


def _device(name: str) -> torch.device:
    try:
        chosen = "cuda" if torch.cuda.is_available() else "cpu"
        place = torch.device(chosen if name == "auto" else name)
        torch.empty(1, device=place)
    except (RuntimeError, AssertionError) as error:
        raise CorollaryError(
            f"there is no device {name!r} here",
            because=str(error).strip().splitlines()[0][:200],
            remedy="auto, cpu, or cuda where there is a GPU",
        ) from None
    return place


def _dtype(name: str, device: torch.device) -> str:
    """The checkpoint's own type on a GPU; float32 on a CPU, which decodes bfloat16 slowly."""
    if name != "auto":
        return name
    return "float32" if device.type == "cpu" else "auto"


def _stops(model: Any, tokenizer: Any) -> frozenset[int]:
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return frozenset(t for t in (*listed, tokenizer.eos_token_id) if t is not None)


def _check_layers(path: str, model: Any) -> None:
    """Refuse models that keep a state instead of keys and values: theirs cannot be cut back."""
    kinds = getattr(model.config.get_text_config(), "layer_types", None) or ()
    strange = sorted({kind for kind in kinds if kind not in _LAYERS})
    if strange or getattr(model, "_is_stateful", False):
        raise CorollaryError(
            f"{path} cannot be run by the local chat model",
            because=f"its layers are not attention ({', '.join(strange) or 'a running state'})",
            remedy="a model whose layers all are attention, or a server: openai:NAME@URL",
        )
