"""Tiny checkpoints of the families of chat templates: our own Jinja, random weights."""

from __future__ import annotations

from pathlib import Path

from chains import tiny_tokenizer
from transformers import PreTrainedTokenizerFast

from corollary_training.scratch import build_model, save_student
from corollary_training.scratch_settings import ScratchSettings

SMALL = ScratchSettings(
    hidden=32, layers=2, heads=2, key_value_heads=1, feed_forward=64, tokens=20_000, warmup=5
)
_CALLS = "{%- for call in m.tool_calls or [] -%}"
TEMPLATES = {
    "hermes": """
{%- if tools -%}<|im_start|>system
{% for tool in tools %}{{ tool | tojson }}
{% endfor %}<tool_call>{"name": ..., "arguments": ...}</tool_call><|im_end|>
{% endif -%}
{%- for m in messages -%}
<|im_start|>{{ m.role }}
{{ m.content }}"""
    + _CALLS
    + """<tool_call>
{{ call.function | tojson }}
</tool_call>{%- endfor -%}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}<|im_start|>assistant
{% endif -%}""",
    "llama3": """
{%- if tools -%}<|start|>system|{% for tool in tools %}{{ tool | tojson }}{% endfor %}
{"name": ..., "parameters": ...}<|eot|>{%- endif -%}
{%- for m in messages -%}<|start|>{{ m.role }}|{{ m.content }}"""
    + _CALLS
    + """{"name": "{{ call.function.name }}", "parameters": {{ call.function.arguments | tojson }}}
{%- endfor -%}<|eot|>{%- endfor -%}
{%- if add_generation_prompt -%}<|start|>assistant|{%- endif -%}""",
    "mistral": """
{%- if tools -%}[AVAILABLE_TOOLS]{{ tools | tojson }}[/AVAILABLE_TOOLS]{%- endif -%}
{%- for m in messages -%}
{%- if m.role == "user" -%}[INST]{{ m.content }}[/INST]
{%- elif m.role == "tool" -%}
{%- if m.tool_call_id | length != 9 -%}{{ raise_exception("ids have nine signs") }}{%- endif -%}
[TOOL_RESULTS]{{ m.content }}[/TOOL_RESULTS]
{%- elif m.tool_calls -%}[TOOL_CALLS]{{ m.tool_calls | tojson }}</s>
{%- else -%}{{ m.content }}</s>{%- endif -%}{%- endfor -%}""",
    "gptoss": """
{%- for tool in tools or [] -%}<|start|>developer<|message|>{{ tool | tojson }}<|end|>{%- endfor -%}
{%- for m in messages -%}
{%- if m.tool_calls -%}"""
    + _CALLS
    + """<|start|>assistant<|channel|>commentary to=functions.{{ call.function.name }}
{{- " " -}}<|constrain|>json<|message|>{{ call.function.arguments | tojson }}<|call|>{%- endfor -%}
{%- elif m.role == "assistant" -%}
<|start|>assistant<|channel|>final<|message|>{{ m.content }}<|end|>
{%- else -%}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{%- endif -%}{%- endfor -%}
{%- if add_generation_prompt -%}<|start|>assistant{%- endif -%}""",
    "text": """
{%- for m in messages -%}<|start|>{{ m.role }}|{{ m.content }}<|eot|>{%- endfor -%}
{%- if add_generation_prompt -%}<|start|>assistant|{%- endif -%}""",
}
SPECIAL = {
    "hermes": ["<|im_start|>", "<|im_end|>"],
    "llama3": ["<|start|>", "<|eot|>", "<|python_tag|>"],
    "mistral": ["</s>", "[TOOL_CALLS]", "[INST]", "[/INST]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]"],
    "gptoss": [
        "<|start|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|end|>", "<|call|>",
        "<|return|>",
    ],
    "text": ["<|start|>", "<|eot|>"],
}  # fmt: skip
ENDS = {
    "hermes": "<|im_end|>",
    "llama3": "<|eot|>",
    "mistral": "</s>",
    "gptoss": "<|return|>",
    "text": "<|eot|>",
}


def family_tokenizer(family: str) -> PreTrainedTokenizerFast:
    """A tokenizer with the special tokens and the template of a family."""
    tokenizer = tiny_tokenizer()
    tokenizer.add_special_tokens({"extra_special_tokens": SPECIAL[family]})
    tokenizer.add_special_tokens({"eos_token": ENDS[family]})
    tokenizer.chat_template = TEMPLATES[family]
    return tokenizer


def save_family(family: str, folder: Path) -> Path:
    """Write a randomly initialised checkpoint of a family."""
    tokenizer = family_tokenizer(family)
    model = build_model(tokenizer, SMALL)
    if family == "gptoss":
        ends = ["<|return|>", "<|call|>"]
        model.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids(ends)
    save_student(model, tokenizer, folder, {"prompt": {}})
    return folder
