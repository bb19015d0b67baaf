"""The mask holds what the model wrote and nothing else, under our template and under others."""

from __future__ import annotations

import re

import pytest
from chains import call, logic_chain, result, tiny_tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_agent.models.local_text import parse, render, shows_tools
from corollary_tools.errors import CorollaryError
from corollary_training.render import render_chain

TOKENIZER = tiny_tokenizer()
HERMES = (
    "{% for m in messages %}<|user|>{{ m.role }}\n{{ m.content }}"
    "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function | tojson }}</tool_call>{% endfor %}"
    "<|end|>\n{% endfor %}{% if add_generation_prompt %}<|user|>assistant\n{% endif %}"
)


def trained_text(template: str | None = None) -> str:
    tokenizer = tiny_tokenizer()
    if template:
        tokenizer.chat_template = template
    rendered = render_chain(tokenizer, logic_chain())
    kept = [i for i, m in zip(rendered.ids, rendered.mask, strict=True) if m]
    return str(tokenizer.decode(kept))


def test_only_the_models_own_words_are_trained() -> None:
    text = trained_text()
    assert "blue(cow)" in text
    assert text.endswith("True<|end|>")
    assert "The cow is blue" not in text
    assert "from 1" not in text


def test_a_template_without_marks_gets_the_same_mask_by_prefixes() -> None:
    text = trained_text(HERMES)
    assert "blue(cow)" in text
    assert "The cow is blue" not in text
    assert "from 1" not in text
    assert "assistant" not in text


def test_marks_and_prefixes_give_the_same_mask() -> None:
    marked, unmarked = tiny_tokenizer(), tiny_tokenizer()
    unmarked.chat_template = re.sub(r"\{%-? (end)?generation -?%\}", "", marked.chat_template)
    assert unmarked.chat_template != marked.chat_template
    assert render_chain(marked, logic_chain()) == render_chain(unmarked, logic_chain())


def test_tools_are_given_to_a_template_that_names_them_alone() -> None:
    tokenizer = tiny_tokenizer()
    assert not shows_tools(tokenizer)
    tokenizer.chat_template = "{% for t in tools or [] %}{{ t.function.name }};{% endfor %}."
    assert shows_tools(tokenizer)
    tool = {"type": "function", "function": {"name": "look"}}
    assert render(tokenizer, logic_chain(), [tool]) == "look;."


def test_a_template_that_rewrites_the_past_is_refused() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages %}{% if loop.last or m.role != 'assistant' %}{{ m.content }}"
        "{% else %}...{% endif %}<|end|>{% endfor %}"
    )
    with pytest.raises(CorollaryError, match="changes a message"):
        render_chain(tokenizer, logic_chain())


def test_a_chain_without_a_word_of_the_model_is_refused() -> None:
    with pytest.raises(CorollaryError, match="nothing to train on"):
        render_chain(TOKENIZER, logic_chain()[:1])


def test_training_ids_are_the_ids_of_acting() -> None:
    chain = logic_chain("bald eagle")
    acting = TOKENIZER(render(TOKENIZER, chain, reply=False), add_special_tokens=False)
    assert list(render_chain(TOKENIZER, chain).ids) == acting["input_ids"]


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ue000"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["formula", "conclusion"]), words))
def test_a_rendered_call_is_read_back(arguments: dict[str, str]) -> None:
    chain = [logic_chain()[0], call("premise", arguments), result("ok"), logic_chain()[-1]]
    text = render(TOKENIZER, chain[:2], reply=False)
    written = text.split("<|assistant|>", 1)[1].removesuffix("<|end|>")
    parsed = parse(written)
    if any(mark in "".join(arguments.values()) for mark in ("</tool_call>", "<think>")):
        return
    assert [(c["name"], c["args"]) for c in parsed.calls] == [("premise", arguments)]
    tokens = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    assert TOKENIZER.decode(tokens) == text
