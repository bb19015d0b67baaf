"""Who is examined: a tokenizer with its template, call format, context and end marks; no weights.

Guarantees that its prompts are built by the modules that build them when the model acts. Loads
neither weights nor torch for a checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corollary_agent.models.load import STUDENTS, student_path
from corollary_agent.models.local.formats.detect import find_format
from corollary_agent.models.local.formats.segments import CallFormat
from corollary_agent.models.local.prompts import Prompts
from corollary_agent.models.local_text import render
from corollary_tools.errors import CorollaryError
from corollary_training.doctor.stand_ins import PREFIX, build_stand_in
from corollary_training.render import in_family_form
from corollary_training.training_template import training_form

Messages = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined. stops: token ids that end a message. context: tokens that it can read;
    None where nobody knows. counts: what its lengths are counted in.
    """

    name: str
    tokenizer: Any
    form: CallFormat
    prompts: Prompts
    stops: frozenset[int]
    context: int | None = None
    counts: str = "tokens"

    def prompt(self, messages: Messages, tools: Messages) -> tuple[int, ...]:
        """The tokens that the model reads before it goes on from these messages."""
        return self.prompts.tokens(self._text(messages, tools))

    def opens_thoughts(self, messages: Messages, tools: Messages) -> bool:
        """Whether the prompt leaves thoughts open."""
        return self._text(messages, tools).rstrip().endswith(("<think>", "[THINK]"))

    def length(self, messages: Messages, tools: Messages) -> int:
        """How many tokens these messages have, when the next one has not begun."""
        text = render(self.tokenizer, *in_family_form(self.tokenizer, messages, tools), reply=False)
        return len(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def written(self, ids: Sequence[int]) -> str:
        """The text of a turn up to the first token that ends it."""
        end = next((place for place, i in enumerate(ids) if i in self.stops), len(ids))
        return str(self.tokenizer.decode(list(ids[:end]), skip_special_tokens=False))

    def _text(self, messages: Messages, tools: Messages) -> str:
        rows = self.form.templated(messages, tools)
        return self.prompts.render(rows, tools if self.form.native else ())


def load_patient(name: str) -> Patient:
    """Load what `name` says: a checkpoint's folder, a shipped student, or template:FAMILY.

    Raises CorollaryError where there is no tokenizer with a chat template.
    """
    if name.startswith(PREFIX):
        tokenizer, stops = build_stand_in(name.removeprefix(PREFIX))
        return _patient(name, tokenizer, stops, counts="bytes")
    path = student_path(name) if name in STUDENTS else Path(name.removeprefix("local:"))
    if not (path / "config.json").is_file():
        raise CorollaryError(
            f"there is no model at {path}",
            because="config.json is not there, so it is no checkpoint",
            remedy=f"{STUDENTS[-1]}, the folder of a checkpoint, or {PREFIX}qwen3",
        )
    tokenizer = _tokenizer(path)
    tokenizer.chat_template = training_form(tokenizer) or tokenizer.chat_template
    known = [_json(path / file) for file in ("config.json", "generation_config.json")]
    ends: set[int | None] = {tokenizer.eos_token_id}
    for settings in known:
        listed = settings.get("eos_token_id")
        ends |= set(listed if isinstance(listed, list) else [listed])
    context = known[0].get("max_position_embeddings")
    return _patient(
        name, tokenizer, frozenset(end for end in ends if end is not None), context=context
    )


def _patient(name: str, tokenizer: Any, stops: frozenset[int], **rest: Any) -> Patient:
    if not tokenizer.chat_template:
        raise CorollaryError(
            f"the tokenizer of {name} has no chat template",
            because="without one nobody knows how messages are written",
            remedy="a chat model, or a chat_template.jinja beside its tokenizer",
        )
    form = find_format(tokenizer, "auto")
    return Patient(name, tokenizer, form, Prompts(tokenizer, form.marks), stops, **rest)


def _tokenizer(path: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(path)
    except Exception as error:
        raise CorollaryError(
            f"cannot load the tokenizer of {path}",
            because=(str(error).strip().splitlines() or [type(error).__name__])[0][:200],
            remedy="a folder with tokenizer.json and tokenizer_config.json",
        ) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
