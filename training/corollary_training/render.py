"""From messages to token ids and the mask of what the model itself wrote.

The text is the one that acting renders (`corollary_agent.models.local_text.render`, of messages in
the form of the model's family); this module adds the mask. Guarantees that no token of a prompt, a
tool result or a template's own frame is in the mask, that every chain has a token to train on, and
that nothing is cut. Does not train.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corollary_agent.models.local.formats.detect import find_format
from corollary_agent.models.local_text import render, shows_tools, templated
from corollary_tools.errors import CorollaryError

Messages = Sequence[dict[str, Any]]
Schemas = Sequence[dict[str, Any]]
_PROBE: dict[str, Any] = {"role": "user", "content": "?"}
_MARK = re.compile(r"\{%-?\s*generation\s*-?%\}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One chain as tokens. ids and mask have one length; mask is 1 where the model wrote."""

    ids: tuple[int, ...]
    mask: tuple[int, ...]

    @property
    def trained(self) -> int:
        """How many tokens are trained on."""
        return sum(self.mask)


def render_chain(tokenizer: Any, messages: Messages, tools: Schemas | None = None) -> Rendered:
    """Render a whole chain; its trained tokens are every assistant turn with its end mark.

    Raises CorollaryError where the template rewrites the past or nothing would be trained.
    """
    marked = _MARK.search(tokenizer.chat_template or "")
    rows, shown = in_family_form(tokenizer, messages, tools)
    rendered = (_by_marks if marked else _by_prefixes)(tokenizer, rows, shown)
    if not rendered.trained:
        raise CorollaryError(
            "a chain has nothing to train on",
            because="none of its messages was written by the model",
            remedy="leave the chain out",
        )
    return rendered


def render_prompt(tokenizer: Any, messages: Messages, tools: Schemas | None = None) -> str:
    """Return the text that the model reads before it goes on from these messages."""
    return render(tokenizer, *in_family_form(tokenizer, messages, tools))


def in_family_form(
    tokenizer: Any, messages: Messages, tools: Schemas | None
) -> tuple[Messages, Schemas | None]:
    """Messages and tools as the local chat model hands them to the chat template."""
    form = find_format(tokenizer, "auto")
    rows = form.templated(messages, tools or ())
    return rows, tools if form.native else None


def _by_marks(tokenizer: Any, messages: Messages, tools: Schemas | None) -> Rendered:
    """The mask of a template that marks what the model writes with {% generation %}."""
    encoded = tokenizer.apply_chat_template(
        [templated(message) for message in messages],
        tools=list(tools) if tools and shows_tools(tokenizer) else None,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    ids = tuple(encoded["input_ids"])
    return Rendered(ids, _without_openings(ids, encoded["assistant_masks"], _opening(tokenizer)))


def _opening(tokenizer: Any) -> tuple[int, ...]:
    """The tokens that open an assistant turn: the prompt gives them to the model."""
    closed, opened = (render(tokenizer, [_PROBE], reply=reply) for reply in (False, True))
    return tuple(tokenizer(opened[len(closed) :], add_special_tokens=False)["input_ids"])


def _without_openings(
    ids: Sequence[int], mask: Sequence[int], opening: Sequence[int]
) -> tuple[int, ...]:
    """The mask without openings, which the marks of some templates (Qwen2.5, gpt-oss) include."""
    narrowed = list(mask)
    for start in (i for i, m in enumerate(mask) if m and (i == 0 or not mask[i - 1])):
        for inside in range(len(opening), 0, -1):
            first = start - (len(opening) - inside)
            if first >= 0 and tuple(ids[first : start + inside]) == opening:
                narrowed[start : start + inside] = [0] * inside
                break
    return tuple(narrowed)


def _by_prefixes(tokenizer: Any, messages: Messages, tools: Schemas | None) -> Rendered:
    """The mask of any prefix-preserving template, by rendering up to and after each turn."""
    text = render(tokenizer, messages, tools, reply=False)
    spans = list(_spans(tokenizer, messages, tools))
    if not all(text.startswith(prefix) for prefix, _ in spans):
        raise CorollaryError(
            "the chat template changes a message once another follows it",
            because="what was trained would not be what the model sees when it acts",
            remedy="a prefix-preserving template, such as `trl.get_training_chat_template` gives",
        )
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    bounds = [(start, len(prefix)) for prefix, start in spans]
    mask = [
        int(any(start <= first < end for start, end in bounds))
        for first, _ in encoded["offset_mapping"]
    ]
    return Rendered(tuple(encoded["input_ids"]), tuple(mask))


def _spans(tokenizer: Any, messages: Messages, tools: Schemas | None) -> Iterator[tuple[str, int]]:
    """For each assistant turn: the text up to its end, and where it starts in it."""
    for index, message in enumerate(messages):
        if message["role"] == "assistant":
            opened = render(tokenizer, messages[:index], tools)
            yield render(tokenizer, messages[: index + 1], tools, reply=False), len(opened)
