"""The entry point of the command `corollary`.

Guarantees an answer to --help and --version in a fraction of a second: nothing heavy is imported
before a command runs.
"""

from __future__ import annotations

import os
import warnings

import click

from corollary_cli.lazy import LateGroup
from corollary_cli.stage import common_options, write_example

SECTIONS = {
    "Use": ("solve", "chat", "tools"),
    "Data": ("rollout", "import", "grade", "pairs"),
    "Learn": ("doctor", "train", "evaluate", "gate", "loop", "export"),
    "See": ("show", "report"),
    "Run": ("serve",),
}
_QUIET = {
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
}
EXAMPLE = 'corollary solve "A shop sells 3 apples for $2. What do 12 apples cost?"'


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    parts = []
    for name in ("corollary", "langgraph", "torch", "transformers", "trl", "sympy", "z3-solver"):
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            parts.append(f"{name} missing")
    click.echo("\n".join(parts))
    ctx.exit()


class _Root(LateGroup):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_example(EXAMPLE, formatter)


cli = _Root(
    SECTIONS,
    name="corollary",
    help="Solve maths and logic problems with checked tools, and train a small model to do it.",
    params=[
        *common_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the versions of the parts.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def main() -> None:
    """Run the command line; always exits. Libraries keep their bars and warnings to themselves."""
    if os.environ.get("COROLLARY_DEBUG") != "1":
        warnings.simplefilter("ignore")
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
    cli.main()
