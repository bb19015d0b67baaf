"""A student from nothing as the command describes it: a recipe, a run, and a line for each stage.

Makes nothing itself (`corollary_training.student` does).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.looping import shown_stages

if TYPE_CHECKING:
    from corollary_training.student_recipe import StudentRecipe


def describe_birth(recipe: StudentRecipe, run_dir: Path) -> str:
    """What would be done."""
    sets = ", ".join(f"{p.source} ({p.limit or 'all'})" for p in recipe.problems)
    return (
        f"{recipe.name}: {recipe.teacher} solves {sets}; its right chains train a student for"
        f" {recipe.scratch.tokens:,} tokens into {run_dir / 'student'}; nothing was written"
    )


def run_birth(recipe: StudentRecipe, run_dir: Path, data: Path | None, output: Output) -> Path:
    """Make the student, or find it made; return its folder. Progress goes to stderr."""
    from corollary_training.student import build_student

    with shown_stages(output) as stages:
        born = build_student(recipe, run_dir=run_dir, data=data, listener=stages.see)
    output.note(f"{born.chains} right chains, {born.tokens:,} tokens read")
    return born.folder
