"""What the README shows is true: sessions print what it says, Python runs, commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from command import run
from pages import DOCS, ROOT, blocks, run_python, sessions

from corollary_cli.chat.slash import SLASHES
from corollary_cli.main import cli
from corollary_cli.stage import StageCommand

PAGE = ROOT / "README.md"
README = PAGE.read_text(encoding="utf-8")
PAGES = [PAGE, *sorted(DOCS.glob("*.md"))]
MEASURED = (
    (re.compile(r"\s+\d+ ms$"), " N ms"),
    (re.compile(r"\d+\.\d s\b"), "N s"),
    (re.compile(r"trace \w+"), "trace ID"),
)


def squeezed(text: str) -> list[str]:
    """The lines that hold something, without widths, times and ids."""
    lines = []
    for line in text.splitlines():
        for pattern, word in MEASURED:
            line = pattern.sub(word, line)
        if line.strip():
            lines.append(" ".join(line.split()))
    return lines


@pytest.mark.parametrize("block", blocks(PAGE, "console"), ids=["solve", "stages"])
def test_sessions(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the answer is not repeated: there stdout and stderr are one."""
    monkeypatch.chdir(tmp_path)
    for words, shown in sessions(block):
        result = run(*words)
        assert result.exit_code == 0, result.stderr
        printed = result.stderr if words[0] == "solve" else result.output
        assert squeezed(printed) == squeezed(shown)


def test_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_python(PAGE, tmp_path) == 1
    assert capsys.readouterr().out.strip()


def commands(text: str) -> list[list[str]]:
    """The words of every line that calls the command, comments left out."""
    lines = (line for line in text.splitlines() if line.startswith("corollary "))
    return [shlex.split(line, comments=True)[1:] for line in lines]


SHOWN = [block for page in PAGES for block in blocks(page, "sh", "bash", "")]


@pytest.mark.parametrize("words", [w for block in SHOWN for w in commands(block)], ids=" ".join)
def test_other_commands_have_these_flags(words: list[str]) -> None:
    """They need a key, a server, minutes or data, so they are read and not run."""
    with click.Context(cli, info_name="corollary") as parent:
        found = cli.get_command(parent, words[0])
        assert found is not None
        found.make_context(words[0], words[1:], parent=parent)


def test_make_targets_and_files_are_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"(?:^|`)make (\w+)", README, re.M)) <= targets
    recipes = re.findall(r"examples/recipes/\w+\.toml", README)
    assert recipes
    assert all((ROOT / recipe).is_file() for recipe in recipes)


def anchors(page: Path) -> set[str]:
    """What a link can point to on a page: its headings, spelled as GitHub does."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for place in re.findall(r"\]\((?!http)([^)]+)\)", page.read_text("utf-8")):
        name, _, anchor = place.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), place
        assert not anchor or anchor in anchors(target), place


def test_every_page_is_linked() -> None:
    linked = {place.partition("#")[0] for place in re.findall(r"\]\((docs/[^)]+)\)", README)}
    assert {f"docs/{page.name}" for page in PAGES[1:]} - linked == set()


def test_every_command_is_in_the_table() -> None:
    listed = re.findall(r"^\| `corollary (\w+)` \|", README, re.M)
    assert listed == [name for names in cli.sections.values() for name in names]
    examples = [cli.get_command(click.Context(cli), name) for name in listed]
    assert all(isinstance(found, StageCommand | click.Group) for found in examples)


def test_the_page_on_the_command_knows_every_schema_and_slash_word() -> None:
    page = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    code = [path.read_text("utf-8") for path in (ROOT / "cli").rglob("*.py")]
    form = re.compile(r"corollary\.[a-z]+/\d")
    assert set(form.findall(page)) == {name for text in code for name in form.findall(text)}
    chat = (ROOT / "docs" / "chat.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`/(\w+)", chat)) == set(SLASHES)
