"""Reading a request's body within its limits.

Guarantees that no more than the limit is ever held, whatever length the client declares, and that
a body which does not come is not waited for.
"""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from corollary_agent.serving.errors import ApiError

_SECONDS = 30.0


async def read_body(request: Request, most: int) -> bytes:
    """Return the JSON body. Raises ApiError: 415 for another type, 413 too long, 408 too slow."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "the body has to be application/json", code="not_json")
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > most:
        raise _too_long(most)
    try:
        async with asyncio.timeout(_SECONDS):
            return await _gathered(request, most)
    except TimeoutError:
        raise ApiError(408, f"the body did not come within {_SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise ApiError(400, "the client left before its body had come") from None


async def _gathered(request: Request, most: int) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most:
            raise _too_long(most)
    return bytes(parts)


def _too_long(most: int) -> ApiError:
    return ApiError(413, f"the body is longer than {most} bytes", code="body_too_long")
