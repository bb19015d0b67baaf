"""Making a hosted model from its spec.

Guarantees that keys come from the environment only: the provider's own variable, and
COROLLARY_API_KEY (or, over https, OPENAI_API_KEY) for a server given by its URL; a provider's key
never goes to another server unasked. Asks nothing of any server.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from corollary_agent.budget import Budget
from corollary_agent.models.hosted.answers import Answers
from corollary_agent.models.hosted.errors import explain
from corollary_agent.models.hosted.model import HostedChatModel
from corollary_agent.models.hosted.pace import Pace
from corollary_agent.models.hosted.patience import Patience
from corollary_agent.models.hosted.prices import find_price
from corollary_tools.errors import CorollaryError

_SECONDS = 120.0
_NO_KEY = "none"


def load_hosted(
    spec: str,
    *,
    budget: Budget | None = None,
    rate: float | None = None,
    answers: str | Path | None = None,
    prices: str | Path | None = None,
    max_retries: int = 6,
    on_wait: Callable[[str], None] | None = None,
    **options: Any,
) -> HostedChatModel:
    """Return the model of openai:NAME@URL, openai:NAME or PROVIDER:NAME.

    budget: what may be spent; rate: requests a minute; answers: the file where answers are kept;
    prices: a table of one's own; max_retries: of one call; on_wait: told of each wait. options go
    to the provider's class (timeout in seconds ...). Raises CorollaryError: the extra or the
    provider's package is missing, there is no key, the URL is none, or a budget in dollars is given
    for a model without a known price.
    """
    provider, name, url = _parts(spec)
    price = find_price(spec, prices)
    if budget is not None and budget.cost is not None and price is None:
        raise _no_price(spec)
    chosen: dict[str, Any] = {"timeout": _SECONDS, "max_retries": 0, **options}
    if url:
        _check_url(spec, url)
        chosen = {"base_url": url, "api_key": _key(url), "stream_usage": True, **chosen}
    inner = _built(spec, lambda init: init(name, model_provider=provider, **chosen))
    fields: dict[str, Any] = {
        "inner": inner,
        "spec": spec,
        "name_there": name,
        "place": url or provider,
        "patience": Patience(retries=max_retries),
        "budget": budget,
        "pace": Pace(rate) if rate else None,
        "answers": Answers(answers) if answers else None,
        "price": price,
        "on_wait": on_wait,
    }
    return HostedChatModel(**fields)


def _parts(spec: str) -> tuple[str, str, str]:
    """Provider, name and URL, which is empty for a provider's own."""
    provider, _, rest = spec.partition(":")
    name, found, url = rest.partition("@http")
    return provider, name, f"http{url}" if found else ""


def _built(spec: str, build: Callable[[Callable[..., Any]], Any]) -> Any:
    try:
        from langchain.chat_models import init_chat_model
    except ImportError:
        _raise_missing(spec, "langchain is not installed", "pip install 'corollary[hosted]'")
    try:
        return build(init_chat_model)
    except ImportError as error:
        package = f"pip install langchain-{spec.partition(':')[0].replace('_', '-')}"
        _raise_missing(spec, f"a package is not installed ({error})", package)
    except Exception as error:
        raise explain(error, spec, spec.partition(":")[0]) from error


def _raise_missing(spec: str, because: str, remedy: str) -> NoReturn:
    raise CorollaryError(f"cannot reach {spec}", because=because, remedy=remedy, exit_code=3)


def _check_url(spec: str, url: str) -> None:
    if not url.startswith(("http://", "https://")) or len(url.split("://", 1)[1]) == 0:
        raise CorollaryError(
            f"there is no server in {spec!r}",
            because=f"{url!r} is not a URL",
            remedy="openai:NAME@http://localhost:8000/v1",
        )


def _no_price(spec: str) -> CorollaryError:
    return CorollaryError(
        f"nobody knows what {spec} costs",
        because="there is no price for it in the table, so a limit in dollars cannot be kept",
        remedy="--max-tokens, or --prices FILE with a price for it",
    )


def _key(url: str) -> str:
    """The key for a server that is given by its URL; a provider's key never goes there unasked."""
    own = os.environ.get("COROLLARY_API_KEY")
    shared = os.environ.get("OPENAI_API_KEY") if url.startswith("https://") else None
    return own or shared or _NO_KEY
