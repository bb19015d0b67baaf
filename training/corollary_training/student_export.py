"""A student as a folder that others load: merged weights, tokenizer, template, how to serve it.

Guarantees that weights come from safetensors and go to safetensors, that no code of a checkpoint is
run, and that the exported student was loaded again and made a tool call before it is put in place.
Writes no GGUF: llama.cpp's converter is no package.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corollary_agent.models.local import CARD, LocalChatModel
from corollary_agent.models.local.checkpoint import unreadable
from corollary_agent.models.local.formats.detect import find_format
from corollary_tools.errors import CorollaryError
from corollary_training.course import load_student

PARSERS = {
    "hermes": "hermes",
    "llama3": "llama3_json",
    "mistral": "mistral",
    "gptoss": "openai",
}
"""Our names of call forms, and vLLM's names of the parsers that read them."""
SERVE = "SERVE.md"
_KEPT = (CARD, "README.md", "manifest.json")
_ADAPTER = "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. call: the tool call that the student made after it was loaded again."""

    folder: Path
    call_form: str
    call: str


def export_student(
    student: Path, out: Path, *, tools: Sequence[dict[str, Any]], adapter: Path | None = None
) -> Exported:
    """Write the student at `student`, an adapter merged into it, to `out`.

    tools: schemas for the call that tests it. Raises CorollaryError for what cannot be loaded, an
    `out` that holds something else, or a student that makes no readable call.
    """
    _check(out)
    fresh = out.with_name(f"{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        form = _write(student, adapter, fresh)
        call = _call(fresh, tools)
        (fresh / SERVE).write_text(serving_recipe(form), encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        fresh.rename(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Exported(out, form, call)


def serving_recipe(call_form: str) -> str:
    """How to serve an exported student, as Markdown. DIR stands for its folder."""
    parser = PARSERS.get(call_form)
    vllm = (
        f"    vllm serve DIR --chat-template DIR/chat_template.jinja \\\n"
        f"        --enable-auto-tool-choice --tool-call-parser {parser}\n"
        if parser
        else "    No parser of vLLM's is known for the way in which this student writes calls.\n"
    )
    return (
        "# Serving this student\n\nDIR is this folder. In your own LangGraph graph:\n\n"
        '    LocalChatModel("DIR").bind_tools(tools)\n\nBehind an OpenAI-compatible server:\n\n'
        "    corollary serve --model local:DIR\n\n"
        f"With vLLM (not run when this was written):\n\n{vllm}"
    )


def _write(student: Path, adapter: Path | None, fresh: Path) -> str:
    """Write weights, tokenizer and cards; return the call form."""
    if not (student / "config.json").is_file():
        raise unreadable(str(student), FileNotFoundError("there is no config.json in it"))
    try:
        tokenizer, model = load_student(student)
    except Exception as error:
        raise unreadable(str(student), error) from error
    if adapter is not None:
        model = _merged(model, adapter)
    model.save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    for name in _KEPT:
        if (student / name).is_file():
            shutil.copyfile(student / name, fresh / name)
    return find_format(tokenizer, "auto").name


def _merged(model: Any, adapter: Path) -> Any:
    from peft import PeftModel  # takes 3 s to import; only adapters need it

    if not (adapter / _ADAPTER).is_file():
        raise unreadable(str(adapter), FileNotFoundError(f"no file named {_ADAPTER}"))
    try:
        return PeftModel.from_pretrained(model, adapter).merge_and_unload()
    except Exception as error:
        raise unreadable(str(adapter), error) from error


def _call(folder: Path, tools: Sequence[dict[str, Any]]) -> str:
    """Load the folder as a graph would and let it make a call, which must be readable."""
    model = LocalChatModel(folder, max_tokens=200)
    reply = model.bind_tools(tools, tool_choice="required").invoke("What is 2 + 2?")
    if reply.invalid_tool_calls or not reply.tool_calls:
        raise CorollaryError(
            f"the student at {folder} makes no readable tool call",
            because=f"it wrote {reply.content!r:.120}",
            remedy="corollary doctor, which says where template and parser part",
        )
    call = reply.tool_calls[0]
    return f"{call['name']}({', '.join(map(str, call['args']))})"


def _check(out: Path) -> None:
    if out.exists() and not ((out / SERVE).is_file() or (out.is_dir() and not any(out.iterdir()))):
        raise CorollaryError(
            f"{out} holds something else",
            because=f"it is not empty and has no {SERVE} of an export",
            remedy="another folder",
        )
