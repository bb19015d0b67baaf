"""Rows from the Hugging Face Hub, by a set's public name, through `datasets`.

Nothing is asked for unless no directory was given. Guarantees the same rows that the published
files hold; a set that cannot be reached is a CorollaryError that says what to do without it.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from corollary_datagen.sources.row import Hub, Row
from corollary_tools.errors import CorollaryError


def read_hub(source: str, hub: Hub | None, split: str) -> list[Row]:
    """The rows of a split of a set on the Hub."""
    if hub is None:
        raise CorollaryError(
            f"no problems for the source {source}",
            because="the set has no public name on the Hub, and no directory was given",
            remedy=f"--data DIR, where DIR/{source}/{split}.json or .jsonl is there",
        )
    config, theirs = hub.place(split)
    return [
        Row(values, source, split, f"hub:{hub.name}", theirs, number)
        for number, values in enumerate(_download(source, hub, (config, theirs)), start=1)
    ]


def _download(source: str, hub: Hub, place: tuple[str | None, str]) -> list[dict[str, Any]]:
    from datasets import load_dataset

    config, split = place
    try:
        _reach(hub)
        return [dict(row) for row in load_dataset(hub.name, config, split=split)]
    except (OSError, ValueError, RuntimeError) as error:
        first = str(error).strip().split("\n")[0] or type(error).__name__
        raise CorollaryError(
            f'cannot load {hub.name}, split "{split}", from the Hub',
            because=first[:200],
            remedy=f"--data DIR, where {Path('DIR') / source} holds the set's files",
            exit_code=3,
        ) from error


def _reach(hub: Hub) -> None:
    """Raise OSError at once where the Hub cannot be reached; `datasets` tries for half a minute.

    A set that was loaded before is left to `datasets`, which then takes its own copy.
    """
    from datasets import config
    from huggingface_hub import constants

    owner = hub.name.split("/")[0]
    copies = Path(config.HF_DATASETS_CACHE).glob(f"{owner}___*")
    if getproxies() or constants.HF_HUB_OFFLINE or any(copies):
        return
    place = urlsplit(constants.ENDPOINT)
    port = place.port or (443 if place.scheme == "https" else 80)
    socket.create_connection((place.hostname or "", port), timeout=5).close()
