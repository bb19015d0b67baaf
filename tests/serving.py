"""A model server on a free loopback port, for tests that speak to it over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from langchain_core.language_models import BaseChatModel

from corollary_agent.serving.server import Address, ModelServer


@contextmanager
def served(model: BaseChatModel, name: str = "m", **options: Any) -> Iterator[str]:
    """Serve `model` and yield the base URL; the server is stopped at the end."""
    server = ModelServer(model, name, Address(port=0), **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
