"""Tokenizers that stand in for a family's own: its chat template and special tokens, no weights.

A stand-in has one token a byte, so that templates can be examined where nothing can be fetched;
its lengths are bytes, not the family's tokens. Guarantees the templates that TRL ships, the
training form where TRL has one; Mistral's, which TRL has not, is written here. Loads no torch.
"""

from __future__ import annotations

import difflib
import re
from importlib.resources import files
from typing import Any

from corollary_tools.errors import CorollaryError
from corollary_training.training_template import templates_of_trl

PREFIX = "template:"
_CHATML = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
_QWEN = (*_CHATML, "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
_LLAMA = (
    "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>",
    "<|python_tag|>",
)  # fmt: skip
_MISTRAL = (
    "<s>", "</s>", "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
)  # fmt: skip
_GPT_OSS = (
    "<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|call|>", "<|return|>",
)  # fmt: skip
FAMILIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "qwen2_5": (_QWEN, ("<|im_end|>",)),
    "qwen3": ((*_QWEN, "<think>", "</think>"), ("<|im_end|>",)),
    "qwen3_instruct_2507": (_QWEN, ("<|im_end|>",)),
    "qwen3_5_think": ((*_QWEN, "<think>", "</think>"), ("<|im_end|>",)),
    "qwen3_5_nothink": ((*_QWEN, "<think>", "</think>"), ("<|im_end|>",)),
    "llama3_1": (_LLAMA, ("<|eot_id|>", "<|eom_id|>")),
    "llama3_2": (_LLAMA, ("<|eot_id|>", "<|eom_id|>")),
    "mistral": (_MISTRAL, ("</s>",)),
    "gptoss": (_GPT_OSS, ("<|return|>", "<|call|>")),
}
"""Each family's special tokens, and those of them that end a message."""


def build_stand_in(name: str) -> tuple[Any, frozenset[int]]:
    """Return a tokenizer with the template `name` and the ids that end its messages.

    NAME is a family, with the form that trains where there is one; NAME-stock is the template as
    the family ships it. Raises CorollaryError for another name.
    """
    family, _, stock = name.partition("-")
    if family not in FAMILIES or stock not in ("", "stock") or (stock and family == "mistral"):
        near = difflib.get_close_matches(name, FAMILIES, n=2)
        raise CorollaryError(
            f"there is no chat template {name!r}",
            because="a template is known by its family's name",
            remedy=", ".join(dict.fromkeys((*near, *FAMILIES))) + "; NAME-stock for TRL's own",
        )
    marks, ends = FAMILIES[family]
    tokenizer = _byte_tokenizer(marks, ends[0])
    tokenizer.chat_template = _template(family, stock=bool(stock))
    if "<function=" in tokenizer.chat_template:
        from trl.chat_template_utils import qwen3_5_template  # loads torch; only this family's form

        tokenizer.response_template = qwen3_5_template
    return tokenizer, frozenset(tokenizer.convert_tokens_to_ids(list(ends)))


def _byte_tokenizer(marks: tuple[str, ...], end: str) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bpe = Tokenizer(models.BPE({sign: i for i, sign in enumerate(alphabet)}, []))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_tokens(
        [AddedToken(mark, normalized=False, special=not _is_plain(mark)) for mark in marks]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token=end, pad_token=end, clean_up_tokenization_spaces=False
    )


def _is_plain(mark: str) -> bool:
    """Whether the family has the mark as an added token that decoding shows: Qwen's calls."""
    return re.fullmatch(r"</?(tool_call|tool_response|think)>", mark) is not None


def _template(family: str, *, stock: bool) -> str:
    own = files("corollary_training") / "templates" / f"{family}.jinja"
    if own.is_file():
        return own.read_text("utf-8")
    folder = templates_of_trl()
    training = folder / f"{family}_training.jinja"
    path = training if training.is_file() and not stock else folder / f"{family}.jinja"
    return path.read_text("utf-8")
