"""The tokenizer of a student built from scratch: byte-level BPE, digits apart, calls in few tokens.

Guarantees that any text without the private character U+E000 survives encoding and decoding, and
that the marks of roles and calls are single tokens. The frame of a tool call is cut into a handful
of tokens, so that a step costs what its content costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from string import ascii_uppercase

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)
from transformers import PreTrainedTokenizerFast

PAD, END = "<|pad|>", "<|end|>"
ROLES = ("<|user|>", "<|assistant|>", "<|tool|>")
CAPITAL = "\ue000"
"""Stands before a letter that was a capital: `Bob` is this mark and `bob`."""
FRAMES = (
    '<tool_call>\n{"name": "',
    '", "arguments": {"',
    '", "arguments": {}}\n</tool_call>',
    '"}}\n</tool_call>',
    '"]}}\n</tool_call>',
    "}}\n</tool_call>",
    '": "',
    '": ["',
    '", "',
    '"], "',
    '": ',
    ', "',
)
"""Pieces of a call's JSON, longest first."""

PIECES = rf"\d|[a-z]+|{CAPITAL}|[^a-z\d]"
"""A digit; a word without the space before it; the mark of a capital; any other character alone.

A word is then the same tokens in a sentence and in a formula, whatever its case and place, so that
a student copies words that it has never seen.
"""


def build_tokenizer(texts: Iterable[str], *, size: int = 1024) -> PreTrainedTokenizerFast:
    """Train a tokenizer of about `size` tokens on rendered chains and give it our template."""
    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.Sequence(
        [normalizers.Replace(capital, CAPITAL + capital.lower()) for capital in ascii_uppercase]
    )
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.Sequence(
        [decoders.ByteLevel()]
        + [decoders.Replace(CAPITAL + letter.lower(), letter) for letter in ascii_uppercase]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=20,
        special_tokens=[PAD, END, *ROLES],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator((p for text in texts for p in _between_marks(text)), trainer)
    bpe.add_tokens([AddedToken(frame, normalized=False, special=False) for frame in FRAMES])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, pad_token=PAD, eos_token=END, clean_up_tokenization_spaces=False
    )
    tokenizer.chat_template = student_template()
    return tokenizer


def student_template() -> str:
    """The Jinja chat template of students built from scratch."""
    return (files("corollary_training") / "templates" / "student.jinja").read_text("utf-8")


def _between_marks(text: str) -> list[str]:
    """The stretches of text that BPE sees: what stands between marks and frames."""
    marks = "|".join(re.escape(mark) for mark in (PAD, END, *ROLES, *FRAMES))
    return [piece for piece in re.split(marks, text) if piece]
