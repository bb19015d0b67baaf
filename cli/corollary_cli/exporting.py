"""What follows an export: other trainers' formats beside it, and its way to the Hub.

Guarantees that a wrong name is told before any work is done, and that a format which is refused
keeps neither the others from being written nor the export from being there. Builds no pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corollary_cli.console import Output
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.exports.formats.format import Source
    from corollary_datagen.exports.formats.writing import Written
    from corollary_datagen.store import Store
    from corollary_datagen.unpaired import UnpairedRow

Decorated = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class After:
    """What to do with an export. repository: OWNER/NAME on the Hub, None for nowhere.

    held_out, seed: the share of families that the export keeps for validation, and how it was
    drawn: the formats keep the same families apart.
    """

    formats: tuple[str, ...] = ()
    repository: str | None = None
    public: bool = False
    held_out: float = 0.0
    seed: int = 0

    def check(self, folder: Path | None) -> None:
        """Raise CorollaryError for an unknown format, a wrong name, or no folder to work on."""
        from corollary_datagen.exports.formats import load_format
        from corollary_datagen.exports.publishing import check_repository

        for name in self.formats:
            load_format(name)
        if self.repository is not None:
            check_repository(self.repository)
        if folder is None and (self.formats or self.repository):
            raise CorollaryError(
                f"{'--format' if self.formats else '--push-to-hub'} needs a folder",
                because="the dataset of --export is what it works on",
                remedy="add --export DIR",
            )

    def finish(self, run_dir: Path, folder: Path, output: Output) -> None:
        """Write the formats, then push the folder; raise the first refusal when all is done."""
        from corollary_datagen.store import open_store

        refused: list[CorollaryError] = []
        if self.formats:
            with open_store(run_dir, write=False) as store:
                refused = self._write(store, folder, output)
        if self.repository is not None:
            from corollary_datagen.exports.publishing import push_export

            address = push_export(folder, self.repository, private=not self.public)
            output.note(f"pushed {folder} to {address}")
        if refused:
            raise refused[0]

    def _write(self, store: Store, folder: Path, output: Output) -> list[CorollaryError]:
        from corollary_datagen.exports.formats import load_format
        from corollary_datagen.exports.formats.writing import write_format

        refused = []
        for name in dict.fromkeys(self.formats):
            form = load_format(name)
            parts = self._pairs(store) if form.takes == "pairs" else self._unpaired(store)
            try:
                _tell(write_format(form, parts, folder / name), output)
            except CorollaryError as error:
                refused.append(error)
                output.note(f"{name}: refused: {error.because}")
        return refused

    def _pairs(self, store: Store) -> dict[str, Iterable[Source]]:
        from corollary_datagen.exports.split import split_pairs

        training, held_out = split_pairs(store, share=self.held_out, seed=self.seed)
        return {"train": training, "validation": held_out} if self.held_out else {"train": training}

    def _unpaired(self, store: Store) -> dict[str, Iterable[Source]]:
        from corollary_datagen.exports.split import is_held_out

        def part(wanted: bool) -> Iterator[UnpairedRow]:
            for row in store.unpaired():
                if is_held_out(row.family, share=self.held_out, seed=self.seed) == wanted:
                    yield row

        return (
            {"train": part(False), "validation": part(True)}
            if self.held_out
            else {"train": part(False)}
        )


def after_options(function: Decorated) -> Decorated:
    """Add --format, --push-to-hub and --public, as the argument `after`."""

    @wraps(function)  # The options that stand below these are kept on the function.
    def command(*args: Any, formats: tuple[str, ...], **rest: Any) -> Any:
        repository, public = rest.pop("repository"), rest.pop("public")
        return function(*args, after=After(formats, repository, public), **rest)

    for option in (_public, _push, _format):
        option(command)
    return command


_format = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME",
    help="Rows for another trainer, in DIR/NAME; repeatable: trl, trl-kto, ms-swift,"
    " llama-factory, axolotl, openai.",
)
_push = click.option(
    "--push-to-hub",
    "repository",
    metavar="OWNER/NAME",
    help="Upload DIR as a private dataset. [env: HF_TOKEN, HF_ENDPOINT]",
)
_public = click.option("--public", is_flag=True, help="Let everybody see what is pushed.")


def _tell(done: Written, output: Output) -> None:
    output.note(f"{done.format}: wrote {done.rows} rows to {done.folder}")
    for reason, count in done.refused.items():
        output.note(f"{done.format}: left out {count}: {reason}")
