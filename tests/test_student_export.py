"""An exported student loads elsewhere and calls tools; nothing but safetensors is read, no code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from chains import save_untrained, tiny_model, tiny_tokenizer
from command import assert_told, run
from local_families import save_family
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from corollary_training.course import load_student
from corollary_training.scratch import save_student
from corollary_training.student_export import PARSERS, serving_recipe


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("student"))


def test_an_export_is_loaded_again_and_calls_a_tool(student: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("export", str(student), "--out", str(out), "--json")
    assert done.exit_code == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["call_form"] == "hermes"
    assert "(" in body["call"]
    assert "--tool-call-parser hermes" in (out / "SERVE.md").read_text("utf-8")
    assert (out / "corollary.json").is_file()
    assert not list(tmp_path.glob("*.new"))
    again = run("export", str(student), "--out", str(out))
    assert again.exit_code == 0, again.stderr


@pytest.mark.parametrize("family", ["llama3", "mistral", "gptoss"])
def test_each_family_is_served_with_its_parser(family: str, tmp_path: Path) -> None:
    folder = save_family(family, tmp_path / family)
    done = run("export", str(folder), "--out", str(tmp_path / "out"), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["call_form"] == family
    assert PARSERS[family] in (tmp_path / "out" / "SERVE.md").read_text("utf-8")


def test_an_adapter_is_merged(student: Path, tmp_path: Path) -> None:
    _, model = load_student(student)
    adapted = get_peft_model(model, LoraConfig(r=2, target_modules="all-linear"))
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight += 0.1
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        wanted = adapted.eval()(ids).logits
    adapted.save_pretrained(tmp_path / "adapter")
    out = tmp_path / "out"
    done = run("export", str(student), "--out", str(out), "--adapter", str(tmp_path / "adapter"))
    assert done.exit_code == 0, done.stderr
    with torch.no_grad():
        merged = AutoModelForCausalLM.from_pretrained(out)(ids).logits
        plain = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32)(ids).logits
    assert torch.allclose(merged, wanted, atol=1e-4)
    assert not torch.allclose(plain, wanted, atol=1e-4)
    (tmp_path / "adapter" / "adapter_model.safetensors").unlink()
    told = run("export", str(student), "--out", str(out), "--adapter", str(tmp_path / "adapter"))
    assert_told(told, 2, "adapter_model.safetensors")


def test_pickled_weights_and_code_are_not_read(student: Path, tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    folder = tmp_path / "evil"
    save_student(tiny_model(tokenizer), tokenizer, folder, {"prompt": {}})
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"auto_map": {"AutoModelForCausalLM": "evil.Evil"}, "model_type": "evil"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", "utf-8")
    told = run("export", str(folder), "--out", str(tmp_path / "out"))
    assert_told(told, 2, "cannot load the model")
    assert not (tmp_path / "ran").exists()
    (folder / "config.json").write_text((student / "config.json").read_text("utf-8"), "utf-8")
    (folder / "model.safetensors").unlink()
    torch.save(tiny_model(tokenizer).state_dict(), folder / "pytorch_model.bin")
    assert_told(run("export", str(folder), "--out", str(tmp_path / "out")), 2, "safetensors")


def test_what_is_no_checkpoint_is_said_at_once(tmp_path: Path) -> None:
    told = run("export", str(tmp_path / "nothing"), "--out", str(tmp_path / "out"))
    assert_told(told, 2, "no config.json")


def test_what_stands_in_the_way_is_left_alone(student: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert_told(run("export", str(student), "--out", str(tmp_path)), 2, "holds something else")
    assert (tmp_path / "mine.txt").is_file()


def test_a_form_that_no_parser_is_known_for_is_said() -> None:
    assert "No parser" in serving_recipe("text")
