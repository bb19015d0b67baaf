"""What a format is: how one pair or unpaired row reads for one trainer, and what it cannot say.

Guarantees nothing by itself: each format's own module says what its trainer keeps and drops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from corollary_datagen.pair import PreferencePair
from corollary_datagen.unpaired import UnpairedRow

Row = dict[str, Any]
Source = PreferencePair | UnpairedRow


@dataclass(frozen=True, slots=True)
class Format:
    """One trainer's form of rows.

    takes: pairs, or unpaired rows. make: the row of a source that is not refused. refuse: why the
    trainer would lose part of a source, the same words for the same reason; None where it loses
    nothing. usage: Markdown that says how the trainer reads the files, which are named by split;
    settings: the files that it needs beside them.
    """

    name: str
    trainer: str
    takes: Literal["pairs", "unpaired"]
    make: Callable[[Any], Row]
    refuse: Callable[[Any], str | None]
    usage: Callable[[Mapping[str, str]], str]
    settings: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda files: {}

    def row(self, source: Source) -> Row:
        """The source in the trainer's form. Raises ValueError where `refusal` gives a reason."""
        reason = self.refusal(source)
        if reason is not None:
            raise ValueError(reason)
        return self.make(source)

    def refusal(self, source: Source) -> str | None:
        """Why the trainer would lose part of this source; None where it keeps all of it."""
        return self.refuse(source)
