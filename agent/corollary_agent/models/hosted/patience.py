"""Whether a failed call is tried again, and when.

Guarantees that a server's Retry-After is kept to, that waits grow and are spread at random so that
many callers do not come back at once, and that what cannot get better (a wrong key, a wrong
request, an empty account) is not tried again. Sleeps nowhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from corollary_agent.models.hosted.errors import Failure, classify, retry_after

_FIRST = 0.5
_LONGEST = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """retries: how often one call is tried again. longest: seconds that a server may ask for."""

    retries: int = 6
    longest: float = 120.0

    def delay(self, error: Exception, tried: int, *, known: bool) -> float | None:
        """Seconds to wait before the next try, or None where there is none.

        tried: how often this call has failed, from 1. known: has this server answered before?
        """
        failure = classify(error)
        if tried > min(self.retries, _most(failure, known)):
            return None
        asked = retry_after(error)
        if asked is not None and asked > self.longest:
            return None
        waited = min(_LONGEST, _FIRST * 2.0 ** (tried - 1)) * random.uniform(0.5, 1.0)
        return waited if asked is None else asked + random.uniform(0.0, 0.25) * waited


def _most(failure: Failure, known: bool) -> int:
    """How often this kind of failure is worth another try.

    A server that is not there and never was, or that talks no sense, is likely a wrong URL.
    """
    match failure:
        case "passing":
            return 2**31
        case "nobody":
            return 2**31 if known else 0
        case "rubbish":
            return 2
        case "final":
            return 0
