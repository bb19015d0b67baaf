"""What a request is refused with: a status, and a body in the form that OpenAI's clients read.

Guarantees that every failure has a message for people, its kind, and the parameter it is about
where there is one. Holds nothing of a request's text beyond what the message quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corollary_agent.limits import PromptTooLong
from corollary_tools.errors import CorollaryError

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}

_LONGEST = 600


class ApiError(Exception):
    """A refused request. retry_after: seconds after which it may be sent again."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."
        self.param = param
        self.code = code
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        kind = _KINDS.get(self.status)
        kind = kind or ("server_error" if self.status >= 500 else "invalid_request_error")
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": error}

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that go with it."""
        given = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        return given | ({"WWW-Authenticate": "Bearer"} if self.status == 401 else {})


def wrong(param: str, message: str, code: str | None = None) -> ApiError:
    """The request is wrong in `param`."""
    return ApiError(400, message, param=param, code=code)


def model_error(error: Exception) -> ApiError:
    """A model that failed: by the request's fault (400), its own server's (502), or a bug (500)."""
    if isinstance(error, ApiError):
        return error
    if not isinstance(error, CorollaryError):
        return ApiError(500, f"the model failed: {type(error).__name__}", code="model_failed")
    message = f"{error.what}, because {error.because}; try: {error.remedy}"
    if error.exit_code != 2:
        return ApiError(502, message, code="model_unavailable")
    if isinstance(error, PromptTooLong):
        return ApiError(400, message, param="messages", code="context_length_exceeded")
    return ApiError(400, message)
