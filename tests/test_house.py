"""The house keeps its rules: import direction, fences, no cycles, light imports, small files."""

from __future__ import annotations

import ast
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = ("tools", "agent", "datagen", "training", "cli")
FENCES = {
    "sympy": ("tools",),
    "z3": ("tools",),
    "math_verify": ("tools",),
    "langgraph": ("agent",),
    "trl": ("training",),
    "peft": ("training", "agent/corollary_agent/models/local"),
    "torch": ("training", "agent/corollary_agent/models/local"),
    "transformers": ("training", "agent/corollary_agent/models/local"),
    "click": ("cli",),
    "rich": ("cli",),
    "prompt_toolkit": ("cli",),
}
HEAVY = (
    "torch", "transformers", "langgraph", "langchain_core", "sympy", "z3", "rich",
    "prompt_toolkit", "datasets", "trl", "pydantic",
)  # fmt: skip
FILE_LINES = 300
BODY_LINES = 60
MEDIAN_LINES = 8


@dataclass(frozen=True)
class Import:
    """One import in one file. early: it runs when the module is imported."""

    path: Path
    line: int
    name: str
    early: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.name}"


def package_files() -> list[Path]:
    return sorted(p for part in ORDER for p in (ROOT / part / f"corollary_{part}").rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[Import]:
    tree = tree_of(path)
    late = {id(node) for owner in ast.walk(tree) if _is_late(owner) for node in ast.walk(owner)}
    for node in ast.walk(tree):
        for name in _imported(node):
            yield Import(path, getattr(node, "lineno", 0), name, id(node) not in late)


def _is_late(node: ast.AST) -> bool:
    """Function bodies, and blocks that only type checkers read."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"relative import of {node.module}"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(found for path in package_files() for found in imports_of(path))


def test_imports_run_one_way() -> None:
    wrong = []
    for found in all_imports():
        here = ORDER.index(found.path.relative_to(ROOT).parts[0])
        there = found.name.partition(".")[0].removeprefix("corollary_")
        if there in ORDER[here + 1 :]:
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)


def test_libraries_stay_behind_their_fences() -> None:
    wrong = []
    for found in all_imports():
        allowed = FENCES.get(found.name.partition(".")[0])
        place = found.path.relative_to(ROOT).as_posix()
        if allowed is not None and not place.startswith(allowed):
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)


def test_no_import_cycles() -> None:
    modules = {module_name(path): path for path in package_files()}
    early: dict[Path, list[str]] = {path: [] for path in modules.values()}
    for found in all_imports():
        if found.early:
            early[found.path].append(found.name)
    edges = {name: _edges(early[path], set(modules)) - {name} for name, path in modules.items()}
    cycle = find_cycle(edges)
    assert not cycle, " -> ".join(cycle)


def _edges(names: list[str], modules: set[str]) -> set[str]:
    return {n if n in modules else n.rpartition(".")[0] for n in names} & modules


def find_cycle(edges: dict[str, set[str]]) -> list[str]:
    """One cycle of the graph, or nothing: modules without open imports are taken away in turn."""
    left = {name: set(targets) for name, targets in edges.items()}
    while free := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in free}
    if not left:
        return []
    walk = [min(left)]
    while walk[-1] not in walk[:-1]:
        walk.append(min(left[walk[-1]] & left.keys()))
    return walk[walk.index(walk[-1]) :]


def test_find_cycle_finds_one() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c", "b"]
    assert find_cycle({"a": {"b"}, "b": set()}) == []


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body, its docstring not counted."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_and_files_stay_small(capsys: pytest.CaptureFixture[str]) -> None:
    sizes: list[tuple[int, str]] = []
    long_files = []
    for path in package_files():
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > FILE_LINES:
            long_files.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                sizes.append((body_lines(node), where))
    lines = sorted(size for size, _ in sizes)
    with capsys.disabled():
        print(
            f"\n{len(sizes)} functions in {len(package_files())} files: median body"
            f" {statistics.median(lines):.0f} lines, 90 % at most {lines[len(lines) * 9 // 10]},"
            f" longest {lines[-1]}, over 30: {sum(size > 30 for size in lines)}"
        )
    assert not long_files, "\n".join(long_files)
    assert not [f"{where}: {size}" for size, where in sizes if size > BODY_LINES]
    assert statistics.median(lines) <= MEDIAN_LINES


def test_modules_open_with_what_they_are() -> None:
    bare = [p for p in package_files() if not ast.get_docstring(tree_of(p))]
    assert not bare


def test_nothing_is_mocked_or_left_undone() -> None:
    forbidden = ("unittest.mock", "monkeypatch.setattr", "# TODO", "raise NotImplementedError")
    files = [*package_files(), *(ROOT / "tests").glob("*.py"), *(ROOT / "examples").rglob("*.py")]
    others = [path for path in files if path != Path(__file__)]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in others
        for word in forbidden
        if word in path.read_text("utf-8")
    ]
    assert not found, "\n".join(found)


STAGES = """
import importlib, io, json, os, sys, threading
environment, heavy = dict(os.environ), json.loads(sys.argv[1])

def loaded(names):
    return [name for name in names if name in sys.modules]

report = {}
from click.testing import CliRunner
from corollary_cli.main import cli
words = [[], ["tools", "list"], ["tools", "show"], ["tools", "call"]]
words += [[name] for name in cli.list_commands(None)]
report["help"] = [CliRunner().invoke(cli, [*word, "--help"]).exit_code for word in words]
report["version"] = CliRunner().invoke(cli, ["--version"]).exit_code
report["heavy after help"] = loaded(heavy)
importlib.import_module("corollary_agent.models.load")
report["heavy after load"] = loaded(["torch", "transformers"])
from corollary_tools.toolkit import load_toolkit
load_toolkit("all").close()
CliRunner().invoke(cli, ["tools"])
report["heavy after tools"] = loaded(["torch", "transformers", "sympy", "z3", "langgraph.graph"])
for name in json.loads(sys.argv[2]):
    importlib.import_module(name)
report["threads"] = threading.active_count()
report["environment"] = environment == dict(os.environ)
json.dump(report, sys.stdout)
"""


def test_imports_are_light_and_silent() -> None:
    """In one fresh process, in this order: every help, the model loader, the tools, the rest."""
    quiet = [
        module_name(path)
        for path in package_files()
        if path.relative_to(ROOT).parts[0] in ("tools", "datagen", "cli")
        and "solvers" not in path.parts
    ]
    done = subprocess.run(
        [sys.executable, "-c", STAGES, json.dumps(HEAVY), json.dumps(quiet)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(report["help"]) == {0}
    assert report["version"] == 0
    assert report["heavy after help"] == []
    assert report["heavy after load"] == []
    assert "torch" not in report["heavy after tools"]
    assert "sympy" not in report["heavy after tools"]
    assert report["threads"] == 1
    assert report["environment"]
