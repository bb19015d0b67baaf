"""The flags for models that somebody else runs: what they may cost, how fast they are asked.

Guarantees that a limit which would have no effect is an error, that answers which cost money are
kept unless --no-cache says otherwise, and a line at the end that says what was spent. Holds no key.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from corollary_cli.console import Output
from corollary_cli.places import answers_file, prices_file
from corollary_tools.errors import CorollaryError

_OPTIONS = (
    click.option(
        "--max-cost",
        type=click.FloatRange(min=0, min_open=True),
        metavar="USD",
        help="Stop when a hosted model has cost this much.",
    ),
    click.option(
        "--max-tokens",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop when a hosted model has read and written this many.",
    ),
    click.option(
        "--rate",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="At most N requests a minute to a hosted model.",
    ),
    click.option(
        "--cache/--no-cache",
        default=None,
        help="Keep a hosted model's answers. [default: those that may cost money]",
    ),
    click.option(
        "--prices",
        type=click.Path(path_type=Path),
        metavar="FILE",
        envvar="COROLLARY_PRICES",
        help="TOML table of prices. [env: COROLLARY_PRICES]",
    ),
)


@dataclass(frozen=True, slots=True)
class Hosting:
    """How a hosted model is asked. cache: None keeps the answers that may cost money."""

    max_cost: float | None = None
    max_tokens: int | None = None
    rate: float | None = None
    cache: bool | None = None
    prices: Path | None = None

    @contextmanager
    def options(self, spec: str, output: Output) -> Iterator[dict[str, Any]]:
        """Hand over what `load_model` takes for this spec; say at the end what was spent."""
        if not is_hosted(spec):
            self._check_unused(spec)
            yield {}
            return
        from corollary_agent.budget import Budget

        budget = Budget(cost=self.max_cost, tokens=self.max_tokens)
        try:
            yield {
                "budget": budget,
                "rate": self.rate,
                "answers": answers_file() if self._keeps(spec) else None,
                "prices": self.prices or prices_file(),
                "on_wait": output.note,
            }
        finally:
            if budget.calls:
                output.note(f"{spec}: {budget.told}")

    def for_run(self, spec: str) -> tuple[Hosting, int | None]:
        """The same for a run, and the tokens that the run itself has to count.

        A hosted model counts its own, call by call; of one that runs here the run counts them.
        """
        if is_hosted(spec):
            return self, None
        return replace(self, max_tokens=None), self.max_tokens

    def _keeps(self, spec: str) -> bool:
        """Providers and servers over https may cost money; a server over http is one's own."""
        return "@http://" not in spec if self.cache is None else self.cache

    def _check_unused(self, spec: str) -> None:
        flags = {"--max-cost": self.max_cost, "--max-tokens": self.max_tokens, "--rate": self.rate}
        given = [flag for flag, value in flags.items() if value is not None]
        if given or self.cache:
            raise CorollaryError(
                f"{(given or ['--cache'])[0]} has no effect on {spec}",
                because="it is for hosted models, and this one runs here and costs nothing",
                remedy="the same without it",
            )


def is_hosted(spec: str) -> bool:
    """Whether somebody else runs the model."""
    from corollary_agent.models.load import PROVIDERS

    return spec.partition(":")[0] in PROVIDERS


OWN_MODEL = Hosting()
"""No flags: nothing is limited, and what may cost money is kept."""


def hosted_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags to a command, which gets them as one `hosting`."""

    @functools.wraps(function)
    def packed(
        *args: Any,
        max_cost: float | None,
        max_tokens: int | None,
        rate: float | None,
        cache: bool | None,
        prices: Path | None,
        **others: Any,
    ) -> Any:
        hosting = Hosting(max_cost, max_tokens, rate, cache, prices)
        return function(*args, hosting=hosting, **others)

    wrapped: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
