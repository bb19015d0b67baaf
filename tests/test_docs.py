"""The Python shown on a page of docs/ runs, from top to bottom, as one script."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import DOCS, run_python


@pytest.mark.parametrize("page", ["serve.md", "agent.md", "problems.md", "models.md"])
def test_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_python(DOCS / page, tmp_path)
