"""What a hosted model's tokens cost, from a table that people can put their own beside.

Guarantees that a price is either known, from a file that says so, or None: nothing is guessed. The
shipped table is as old as its date; a table of one's own goes before it. Does not ask anybody.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from langchain_core.messages.ai import UsageMetadata
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, ValidationError

from corollary_tools.errors import CorollaryError

_DATED = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
_FORM = '["openai"."gpt-x"]\n  input = 2.0, output = 8.0 (US dollars a million tokens)'


class Price(BaseModel):
    """US dollars a million tokens: read, read from the provider's cache, written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: NonNegativeFloat
    output: NonNegativeFloat
    cached: NonNegativeFloat | None = None

    def cost(self, usage: UsageMetadata) -> float:
        """The US dollars of one call."""
        cached = (usage.get("input_token_details") or {}).get("cache_read") or 0
        rate = self.input if self.cached is None else self.cached
        read = (usage["input_tokens"] - cached) * self.input + cached * rate
        return (read + usage["output_tokens"] * self.output) / 1e6


def find_price(spec: str, own: str | Path | None = None) -> Price | None:
    """Return the price of openai:NAME, PROVIDER:NAME or openai:NAME@URL, or None.

    own: a table that goes before the shipped one. Its sections are providers or URLs, and in them
    names. A name with a date behind it has the price of the name. Raises CorollaryError with the
    file and the field that is wrong.
    """
    provider, _, rest = spec.partition(":")
    name, found, url = rest.partition("@http")
    url = f"http{url}" if found else ""
    shipped = files("corollary_agent.models.hosted").joinpath("prices.toml").read_text("utf-8")
    tables = [] if own is None else [_read(Path(own))]
    if not url:
        tables.append(_parsed(shipped, "prices.toml"))
    for table in tables:
        section = table.get(url or provider, {})
        price = section.get(name) or section.get(_DATED.sub("", name))
        if price is not None:
            return price
    return None


def _read(path: Path) -> dict[str, dict[str, Price]]:
    try:
        return _parsed(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(str(path), str(getattr(error, "strerror", None) or error)) from None


def _parsed(text: str, place: str) -> dict[str, dict[str, Price]]:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(place, str(error)) from None
    return {
        provider: {name: _price(f"{place}, [{provider}.{name}]", row) for name, row in rows.items()}
        for provider, rows in table.items()
        if isinstance(rows, dict)
    }


def _price(place: str, row: Any) -> Price:
    try:
        return Price.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
        raise _wrong(place, said) from None


def _wrong(place: str, because: str) -> CorollaryError:
    return CorollaryError(f"cannot read the prices in {place}", because=because, remedy=_FORM)
