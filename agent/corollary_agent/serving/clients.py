"""Work for a client that may leave.

Guarantees that the work is cancelled, and has ended, when the client has left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.types import Receive


async def is_served(work: Coroutine[Any, Any, None], receive: Receive) -> bool:
    """Do `work` unless the client leaves first. receive: the connection, its body read."""
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_leaving(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return False
        task.result()
        return True
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
