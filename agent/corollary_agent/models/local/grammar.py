"""Decoding held to a grammar: a call of a bound tool with arguments of its schema, or an answer.

The grammar is Lark text for llguidance: the format's frame of a call, the tools' schemas made
finite. Near the end of what a message may take, only tokens that close are let through, so that a
call is whole however small the bound. Guarantees nothing for a bound smaller than the shortest
call. Does not draw tokens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import llguidance.hf
import numpy as np
import torch
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask
from torch import Tensor

from corollary_agent.models.local.bounds import bounded, least_length
from corollary_agent.models.local.formats.segments import CallFormat
from corollary_agent.models.local.options import Options, Schema
from corollary_agent.models.local.unfinished import NOTHING, read_unfinished
from corollary_tools.errors import CorollaryError

_FRAME = 96
"""Tokens that the marks around a call and its name may take."""


class Grammars:
    """The grammars of one tokenizer. vocabulary: how many logits the model gives."""

    def __init__(self, tokenizer: Any, vocabulary: int, stops: frozenset[int]) -> None:
        self._tokenizer = tokenizer
        self._vocabulary = vocabulary
        self._stops = sorted(stops)
        self._compiled = lru_cache(maxsize=64)(self._compile)
        self._starting = lru_cache(maxsize=8)(self._starts)
        self._vocabulary_of: Any = None

    def matcher(self, format: CallFormat, options: Options, thinking: bool) -> Matcher | None:
        """Return what holds one message to `options`; None where it is free."""
        schema = options.response_schema
        if schema is None and not (options.shown and _held(options)):
            return None
        reserve = _reserve([schema] if schema is not None else _arguments(options))
        if schema is not None:
            lark = f"start: {json_rule(schema, self.spelled)}"
        else:
            lark = call_grammar(format, options, self, thinking)
        return Matcher(self._compiled(lark).deep_copy(), self, reserve)

    @property
    def width(self) -> int:
        """How many tokens a mask covers."""
        return self._vocabulary

    def text(self, ids: Sequence[int]) -> str:
        """The text of tokens."""
        return str(self._tokenizer.decode(ids, skip_special_tokens=False))

    def starting(self, signs: str) -> Any:
        """Which tokens begin with one of `signs`: bool [vocabulary]."""
        return self._starting(signs)

    def _starts(self, signs: str) -> Any:
        texts = (self.text([token]) for token in range(len(self._tokenizer)))
        found = np.fromiter((text[:1] in signs and text != "" for text in texts), dtype=bool)
        whole = np.zeros(self._vocabulary, dtype=bool)
        whole[: len(found)] = found[: self._vocabulary]
        return whole

    def _compiled_tokenizer(self) -> Any:
        if self._vocabulary_of is None:
            size = max(self._vocabulary, len(self._tokenizer))
            self._vocabulary_of = llguidance.hf.from_tokenizer(
                self._tokenizer, n_vocab=size, eos_token=self._stops
            )
        return self._vocabulary_of

    def _compile(self, lark: str) -> Any:
        tokenizer = self._compiled_tokenizer()
        grammar = llguidance.LLMatcher.grammar_from_lark(lark)
        matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise CorollaryError(
                "the tools' schemas cannot be decoded by grammar",
                because=matcher.get_error().strip().splitlines()[0][:300],
                remedy='a simpler schema, or tool_choice="auto" without constrained=True',
            )
        return matcher

    def spelled(self, text: str) -> str:
        """A text as its tokens spell it, where the tokenizer's decoder puts more than one together.

        (Students built here write a capital as a mark and the small letter.)
        """
        compiled = self._compiled_tokenizer()
        plain = self._tokenizer("Aa", add_special_tokens=False)["input_ids"]
        if compiled.decode_str(plain).strip() == "Aa":
            return text
        return str(
            compiled.decode_str(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        )

    def mark(self, text: str) -> str:
        """A mark as the grammar writes it: the special token that it is, else its text.

        What is special is for llguidance to say: it takes Qwen's `<tool_call>` for special, too.
        """
        token = self._tokenizer.added_tokens_encoder.get(text)
        special = token is not None and self._compiled_tokenizer().is_special_token(token)
        return f"<[{token}]>" if special else json.dumps(text)


class Matcher:
    """Where one message stands in its grammar. reserve: tokens kept for closing it."""

    def __init__(self, matcher: Any, grammars: Grammars, reserve: int) -> None:
        self._matcher = matcher
        self._grammars = grammars
        self._reserve = reserve
        self._unread: list[int] = []
        self._ends = NOTHING
        self._mask = allocate_token_bitmask(1, grammars.width)

    def forced(self) -> Sequence[int]:
        """The tokens that must come next: `allowed` has no other, at each of them."""
        tokens: Sequence[int] = self._matcher.compute_ff_tokens()
        return tokens

    def allows(self, token: int, left: int) -> bool:
        """Whether one token may come next. A mask takes ten times as long."""
        if left <= self._reserve:
            return bool(self.allowed(left)[token])
        forced = self.forced()
        return token == forced[0] if forced else self._matcher.validate_tokens([token]) == 1

    def allowed(self, left: int) -> Tensor:
        """Which tokens may come next, bool [vocabulary]; left: how many more the message takes."""
        fill_next_token_bitmask(self._matcher, self._mask, 0)
        bits = np.unpackbits(self._mask.view(np.uint8).ravel(), bitorder="little")
        allowed = bits[: self._grammars.width].view(bool)
        if left <= self._reserve:
            allowed = self._closing(allowed)
        return torch.from_numpy(allowed)

    def take(self, token: int) -> None:
        """Go on by one token."""
        self._unread.append(token)
        if not self._matcher.consume_token(token):
            raise CorollaryError(
                "the grammar lost its place",
                because=self._matcher.get_error()[:300],
                remedy="report this with the tools' schemas",
            )

    @property
    def finished(self) -> bool:
        """Nothing but the end can follow."""
        return bool(self._matcher.is_stopped())

    def _closing(self, allowed: Any) -> Any:
        """Of the allowed tokens, those that end what is open, where there are any."""
        self._ends = read_unfinished(self._grammars.text(self._unread), self._ends)
        self._unread = []
        for signs in ('"',) if self._ends.inside else ("}])", ",", "<[", '"'):
            closing = allowed & self._grammars.starting(signs)
            if closing.any():
                return closing
        return allowed


def call_grammar(format: CallFormat, options: Options, words: Grammars, thinking: bool) -> str:
    """Return the Lark grammar of one message: a call, or, where that is allowed, an answer."""
    tools = _callable_tools(options)
    calls = [(words.spelled(name), f"arguments_{i}") for i, (name, _) in enumerate(tools)]
    rules = zip(calls, tools, strict=True)
    lines = [f"{rule}: {json_rule(schema, words.spelled)}" for (_, rule), (_, schema) in rules]
    start = "call" if options.choice.kind == "required" else "call | ANSWER"
    ending = words.mark(_end_of_thoughts(format))
    before = f"/(?s:.{{0,400}})/ {ending} " if thinking else ""
    lines.append(f"start: {before}({start})")
    lines.append(format.call_grammar(calls, words.mark))
    if options.choice.kind != "required":
        marks = "|".join(map(_regex, format.marks))
        lines.append(
            f'ANSWER: /(?s:.+)/ & ~/(?s:.*)({marks})(?s:.*)/ & ~/\\s*\\{{\\s*"name(?s:.*)/'
        )
    return "\n".join(lines)


def _held(options: Options) -> bool:
    return options.constrained or options.choice.kind == "required"


def _arguments(options: Options) -> list[Schema]:
    return [schema for _, schema in _callable_tools(options)]


def _callable_tools(options: Options) -> list[tuple[str, Schema]]:
    """Name and argument schema of each tool that the message may call."""
    functions = [tool["function"] for tool in options.tools]
    wanted = options.choice.name
    empty = {"type": "object", "additionalProperties": False}
    return [
        (f["name"], f.get("parameters") or empty) for f in functions if wanted in (None, f["name"])
    ]


def json_rule(schema: Schema, spelled: Callable[[str], str] = str) -> str:
    """Return the Lark rule of the values that fit a schema, each text in it as tokens spell it."""
    return f"%json {json.dumps(_respelled(bounded(schema), spelled), ensure_ascii=False)}"


def _respelled(value: Any, spelled: Callable[[str], str], *, names: bool = False) -> Any:
    """Spell what will be written: names of members, and the values of enum and const."""
    if isinstance(value, list):
        return [_respelled(item, spelled, names=names) for item in value]
    if isinstance(value, str):
        return spelled(value) if names else value
    if not isinstance(value, dict):
        return value
    written = ("required", "enum", "const")
    return {
        key: {spelled(name): _respelled(part, spelled) for name, part in part.items()}
        if key == "properties" and isinstance(part, dict)
        else _respelled(part, spelled, names=key in written)
        for key, part in value.items()
    }


def _reserve(schemas: Sequence[Schema]) -> int:
    return _FRAME + max((least_length(schema) for schema in schemas), default=0)


def _end_of_thoughts(format: CallFormat) -> str:
    return next((m for m in format.marks if m in ("</think>", "[/THINK]")), "</think>")


def _regex(text: str) -> str:
    """A text as a Lark regex reads it; `\\<` would be the beginning of a word."""
    return "".join(f"\\{sign}" if sign in "\\.+*?()|[]{}^$/" else sign for sign in text)
