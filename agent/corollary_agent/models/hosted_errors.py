"""What went wrong with a hosted model, in words for people.

Providers' libraries raise dozens of classes; they are told apart by status code and class name, so
that none of the libraries has to be imported. Guarantees a CorollaryError for every exception. Does
not retry.
"""

from __future__ import annotations

from collections.abc import Collection

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


def explain(error: Exception, spec: str, place: str) -> CorollaryError:
    """Return the error for people: what did not answer where, why, and what to try."""
    at = "" if spec.endswith(place) else f" at {place}"
    because, remedy = _cause(error)
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


def _cause(error: Exception) -> tuple[str, str]:
    status, kinds = _status(error), _kinds(error)
    if status is not None:
        known = "look at the server's log" if status >= 500 else "check the request"
        return f"it answered HTTP {status}: {_said(error)}", _BY_STATUS.get(status, known)
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
