"""How fast a server is asked.

Guarantees that calls begin no closer together than the pace allows, over all threads and event
loops of the process. Sleeps nowhere.
"""

from __future__ import annotations

import threading
import time


class Pace:
    """At most so many requests a minute, evenly spread."""

    def __init__(self, requests_a_minute: float) -> None:
        self._gap = 60.0 / requests_a_minute
        self._next = 0.0
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take the next moment that is free; return the seconds until then."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._gap
            return at - now
