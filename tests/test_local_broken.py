"""Checkpoints that are broken, each in its own way, are refused with what is wrong."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from chains import tiny_model, tiny_tokenizer
from safetensors.torch import load_file, save_file

from corollary_agent.models.local import CARD, LocalChatModel
from corollary_tools.errors import CorollaryError
from corollary_training.scratch import save_student

PROMPT = {"form": "native", "style": "brief", "reading": "desk"}
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "model"
    tokenizer = tiny_tokenizer()
    save_student(tiny_model(tokenizer), tokenizer, folder, {"prompt": PROMPT})
    return folder


def rewritten(name: str, **change: Any) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        row = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(row | change))

    return write


def pickled(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    torch.save({"x": torch.zeros(1)}, folder / "pytorch_model.bin")


def cut(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:4000])


def lacking(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    weights.pop("model.norm.weight")
    save_file(weights, folder / WEIGHTS, {"format": "pt"})


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda f: (f / WEIGHTS).unlink(), "no file named model.safetensors"),
    "pickled weights": (pickled, "no file named model.safetensors"),
    "cut weights": (cut, "incomplete|header|deserializ"),
    "weights that lack a tensor": (lacking, "lack model.norm.weight"),
    "weights of another shape": (rewritten("config.json", hidden_size=64), "mismatch"),
    "no configuration": (lambda f: (f / "config.json").unlink(), "model_type"),
    "a configuration that is a list": (lambda f: (f / "config.json").write_text("[]"), "mapping"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), "tokenizer"),
    "rubbish for a tokenizer": (lambda f: (f / "tokenizer.json").write_text("{}"), ""),
    "a card without a prompt": (lambda f: (f / CARD).write_text("{}"), "prompt"),
    "a card of rubbish": (lambda f: (f / CARD).write_text("{"), "JSONDecodeError"),
    "a card with an unknown word": (rewritten(CARD, prompt={"colour": 1}), "colour"),
    "no folder": (shutil.rmtree, "no such folder"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_checkpoint_is_refused_with_the_cause(
    name: str, whole: Path, tmp_path: Path
) -> None:
    change, cause = BROKEN[name]
    folder = tmp_path / "model"
    shutil.copytree(whole, folder)
    change(folder)
    with pytest.raises(CorollaryError) as raised:
        LocalChatModel(folder)
    assert str(folder) in raised.value.what
    assert re.search(cause, raised.value.because)


def test_a_tokenizer_of_another_model_is_told_from_a_prompt(whole: Path, tmp_path: Path) -> None:
    """Its tokens would be rows that the embedding does not have."""
    folder = tmp_path / "model"
    shutil.copytree(whole, folder)
    other = tiny_tokenizer()
    other.add_tokens(["zebra"])
    other.save_pretrained(folder)
    model = LocalChatModel(folder, max_tokens=2)
    assert model.invoke("1. The cow is blue.").usage_metadata
    with pytest.raises(CorollaryError, match="not this model's"):
        model.invoke("1. The zebra is blue.")
