"""The options of `corollary pairs` that say which pairs are built, read into one configuration.

Guarantees that every rule can be changed or switched off by name, and that a wrong value is told
with what is allowed. Builds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.pairs.settings import PairSettings

Decorated = Callable[..., Any]

KINDS = ("outcome", "step", "repair", "efficiency")
USUAL = KINDS[:3]
CAPPED = (*KINDS, "unpaired")


def pair_options(function: Decorated) -> Decorated:
    """Add the options, as the argument `chosen`: a function from the seed to PairSettings."""

    @wraps(function)  # The options that stand below these are kept on the function.
    def command(*args: Any, **given: Any) -> Any:
        mine = {name: given.pop(name) for name in _NAMES}
        return function(*args, chosen=_Chosen(mine), **given)

    for option in reversed(_OPTIONS):
        option(command)
    return command


class _Chosen:
    """The options as they were given."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def settings(self, seed: int) -> PairSettings:
        """The configuration. Raises CorollaryError for a cap that says nothing."""
        from corollary_datagen.pairs.settings import EfficiencySettings, PairSettings

        given = self._given
        rules = {name: given[name] or None for name in _RULES}
        prompt = {name: given[name] for name in ("style", "form", "reading")}
        return PairSettings.model_validate(
            {
                "prompt": prompt,
                "kinds": tuple(dict.fromkeys(given["kinds"])) or USUAL,
                "models": given["models"],
                "teacher": given["teacher"],
                "efficiency": EfficiencySettings(minimum=given["min_saving"]),
                "seed": seed,
                **rules,
                **dict(_cap(text) for text in given["caps"]),
            }
        )


def _cap(text: str) -> tuple[str, int]:
    kind, _, number = text.partition("=")
    if kind not in CAPPED or not number.isdecimal():
        raise CorollaryError(
            f"--cap {text} says nothing",
            because=f"it is KIND=N, with KIND one of {', '.join(CAPPED)}",
            remedy="--cap step=4",
        )
    return f"{kind}_cap", int(number)


def _choice(name: str, *values: str) -> Decorated:
    return click.option(name, type=click.Choice(values), default=values[0], show_default=True)


def _factor(name: str, default: float, text: str) -> Decorated:
    return click.option(
        name,
        type=click.FloatRange(min=0),
        default=default,
        show_default=True,
        metavar="FACTOR",
        help=text,
    )


_RULES = ("balance", "error_balance", "label_balance", "near_duplicates")
_NAMES = (
    "kinds", "caps", "models", "teacher", "min_saving", "style", "form", "reading", *_RULES
)  # fmt: skip
_OPTIONS = (
    click.option(
        "--kind",
        "kinds",
        type=click.Choice(KINDS),
        multiple=True,
        help="Only this kind; repeatable. [default: all but efficiency]",
    ),
    click.option(
        "--cap",
        "caps",
        multiple=True,
        metavar="KIND=N",
        help="Rows a problem; repeatable. [default: outcome=2 step=8 repair=2 efficiency=1"
        " unpaired=2]",
    ),
    _factor("--error-balance", 2.0, "No mistake has more than this times the mean; 0 is any."),
    _factor("--balance", 2.0, "No tool of step pairs has more than this times the mean."),
    _factor("--label-balance", 1.5, "Neither label has more than this times the mean."),
    click.option(
        "--near-duplicates",
        type=click.FloatRange(min=0, max=1),
        default=0.9,
        show_default=True,
        metavar="SHARE",
        help="Pairs this alike are left out; 0 keeps all.",
    ),
    click.option(
        "--min-saving",
        type=click.FloatRange(min=0, max=1),
        default=0.2,
        show_default=True,
        metavar="SHARE",
        help="Tokens that an efficiency pair saves at least.",
    ),
    click.option(
        "--model", "models", multiple=True, metavar="NAME", help="Traces of it alone; repeatable."
    ),
    click.option("--teacher", metavar="NAME", help="The model whose readings count."),
    _choice("--style", "brief", "full"),
    _choice("--form", "native", "text"),
    _choice("--reading", "desk", "whole"),
)
