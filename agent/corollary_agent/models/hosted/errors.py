"""What went wrong with a hosted model, in words for people.

Providers' libraries raise dozens of classes; they are told apart by status code and class name, so
that none of the libraries has to be imported. Guarantees a CorollaryError for every exception. Does
not retry (`patience` decides that).
"""

from __future__ import annotations

import time
from collections.abc import Collection
from email.utils import parsedate_to_datetime
from typing import Literal

from corollary_agent.limits import PromptTooLong
from corollary_tools.errors import CorollaryError

_SAMPLING = ("temperature", "top_p", "max_tokens", "seed", "extra_body")
_LONGEST = 300
_BY_STATUS = {
    401: "set the API key in the environment (COROLLARY_API_KEY, or the provider's own variable)",
    403: "use a key that may use this model",
    404: "check the model's name and the URL; the URL usually ends in /v1",
    408: "try again, or load_model(..., timeout=300)",
    429: "wait, lower the concurrency, or check the account's quota",
}


Failure = Literal["passing", "nobody", "rubbish", "final"]
"""It may pass; there is nobody; what came is no completion; it will be the same next time."""
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})


def explain(error: Exception, spec: str, place: str) -> CorollaryError:
    """Return the error for people: what did not answer where, why, and what to try."""
    at = "" if spec.endswith(place) else f" at {place}"
    because, remedy = _cause(error)
    if _outgrown(error):
        shorter = "a shorter problem, fewer steps, or a model with a longer context"
        return PromptTooLong(f"the prompt for {spec} is too long", because=because, remedy=shorter)
    return CorollaryError(
        f"{spec} gave no usable answer{at}", because=because, remedy=remedy, exit_code=3
    )


def refused_option(error: Exception, options: Collection[str]) -> str | None:
    """The sampling option that a server or library says it does not take, if it is that."""
    if not (isinstance(error, TypeError) or _status(error) in (400, 422)):
        return None
    said = str(error)
    sent = (name for name in _SAMPLING if name in options)
    return next((name for name in sent if name in said), None)


def classify(error: Exception) -> Failure:
    """Say of what kind a failure is, for whoever may try again."""
    status, kinds = _status(error), _kinds(error)
    if status is not None:
        empty = "insufficient_quota" in str(getattr(error, "code", "") or error)
        return "passing" if status in _PASSING and not empty else "final"
    if "timeout" in kinds:
        return "passing"
    if "connecterror" in kinds or "refused" in kinds:
        return "nobody"
    if "connect" in kinds or "protocolerror" in kinds or "readerror" in kinds:
        return "passing"
    return "final" if isinstance(error, TypeError) or "openaierror" in kinds else "rubbish"


def retry_after(error: BaseException) -> float | None:
    """The seconds that a server asked to be left alone for, if it did."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError, TypeError):
            continue
    try:
        at = parsedate_to_datetime(headers["retry-after"])
    except (KeyError, ValueError, TypeError):
        return None
    return max(0.0, at.timestamp() - time.time())


def _outgrown(error: Exception) -> bool:
    """Whether a server says, as OpenAI's, vLLM and our own do, that its context is too short."""
    said = f"{getattr(error, 'code', '')} {error}"
    told = "context_length_exceeded" in said or "maximum context length" in said
    return _status(error) == 400 and told


def _cause(error: Exception) -> tuple[str, str]:
    status, kinds = _status(error), _kinds(error)
    if status is not None:
        known = "look at the server's log" if status >= 500 else "check the request"
        asked = retry_after(error)
        wait = f" (it asks to be left alone for {asked:.0f} s)" if asked else ""
        return f"it answered HTTP {status}: {_said(error)}{wait}", _BY_STATUS.get(status, known)
    if "timeout" in kinds:
        return "it did not answer in time", _BY_STATUS[408]
    if "connect" in kinds:
        return f"no connection: {_said(_root(error))}", "start the server, or correct the URL"
    if "key" in str(error).lower() and ("openaierror" in kinds or "validation" in kinds):
        return _said(error), _BY_STATUS[401]
    what = f"what came back is no chat completion ({type(error).__name__}: {_said(error)})"
    return what, "check that the URL is that of an OpenAI-compatible server"


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _kinds(error: BaseException) -> str:
    """The class names of an exception and of what it came from, in lower case."""
    names = [kind.__name__.lower() for kind in type(error).__mro__]
    cause = error.__cause__
    return " ".join(names) + (f" {_kinds(cause)}" if cause is not None else "")


def _root(error: BaseException) -> BaseException:
    return _root(error.__cause__) if error.__cause__ is not None else error


def _said(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
