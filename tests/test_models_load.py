"""Models by their spec, and what is said of a spec that names none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corollary_agent.models.load import load_model, model_name, student_path
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_tools.errors import CorollaryError


def test_expert_with_its_rate() -> None:
    assert "expert" in model_name(load_model("expert"))
    assert model_name(load_model("expert:0.25")) != model_name(load_model("expert"))


@pytest.mark.parametrize(
    ("spec", "near"),
    [
        ("exprt", "expert"),
        ("expert:many", "expert"),
        ("stater", "starter"),
        ("locl:/tmp/x", "local"),
        ("local", "local"),
        ("local:", "local"),
        ("antropic:claude", "anthropic"),
        ("", "expert"),
    ],
)
def test_unknown_specs_name_the_nearest(spec: str, near: str) -> None:
    with pytest.raises(CorollaryError) as caught:
        load_model(spec)
    assert caught.value.exit_code == 2
    assert near in caught.value.remedy


def test_a_student_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CorollaryError, match="no student 'nobody'"):
        student_path("nobody")


def test_scripts_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text('{"role": "assistant", "content": "24"}\n\n')
    model = load_model(f"scripted:{path}")
    assert isinstance(model, ScriptedChatModel)
    assert model_name(model) == f"scripted:{path}"
    assert model.invoke("hello").text == "24"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2"),
        ("[1]", "line 2"),
        ('{"role": "user", "content": "hi"}', "not the model's"),
        ('{"role": "assistant", "tool_calls": [{"function": {}}]}', "line 2"),
    ],
)
def test_a_bad_script_names_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text('{"role": "assistant", "content": "24"}\n' + line)
    with pytest.raises(CorollaryError) as caught:
        load_model(f"scripted:{path}")
    assert said in str(caught.value)
    with pytest.raises(CorollaryError, match="cannot read the script"):
        load_model(f"scripted:{tmp_path}/none.jsonl")


def test_only_what_a_spec_needs_is_imported() -> None:
    code = (
        "import sys; from corollary_agent.models.load import load_model; load_model('expert');"
        "print([m for m in ('torch', 'transformers', 'langchain', 'openai') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
