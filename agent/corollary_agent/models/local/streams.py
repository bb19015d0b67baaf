"""Streams: the decoder's thread says that a text has grown, the caller's side makes chunks of it.

Guarantees that a stream that is closed early gives its place in the batch back. Does not read
texts: `replies.ChunkWriter` does.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from corollary_agent.models.local.asking import Asked, Asker
from corollary_agent.models.local.growth import GrowingText
from corollary_agent.models.local.replies import ChunkWriter
from corollary_agent.models.local.requests import Completion, Request

Submit = Callable[[Request], "Future[Completion]"]


def stream_chunks(asked: Asked, asker: Asker, submit: Submit) -> Iterator[ChatGenerationChunk]:
    """Yield the chunks of one message as it is written."""
    news: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    text = GrowingText(asker.tokenizer, asked.options.stop, news.put)
    writer = ChunkWriter(asked.voice)
    future = submit(asked.request(text))
    future.add_done_callback(lambda _: news.put(None))
    try:
        while (grown := news.get()) is not None:
            yield from map(_generation, writer.grow(grown))
        yield from map(_generation, _end(writer, asked, asker, future.result(), text.finish()))
    finally:
        future.cancel()


async def astream_chunks(
    asked: Asked, asker: Asker, submit: Submit
) -> AsyncIterator[ChatGenerationChunk]:
    """Yield the chunks of one message as it is written, without blocking the event loop."""
    loop = asyncio.get_running_loop()
    news: asyncio.Queue[str | None] = asyncio.Queue()

    def tell(grown: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(news.put_nowait, grown)

    text = GrowingText(asker.tokenizer, asked.options.stop, tell)
    writer = ChunkWriter(asked.voice)
    future = submit(asked.request(text))
    future.add_done_callback(lambda _: tell(None))
    try:
        while (grown := await news.get()) is not None:
            for chunk in writer.grow(grown):
                yield _generation(chunk)
        for chunk in _end(writer, asked, asker, future.result(), text.finish()):
            yield _generation(chunk)
    finally:
        future.cancel()


def _end(
    writer: ChunkWriter, asked: Asked, asker: Asker, completion: Completion, text: str
) -> Iterator[AIMessageChunk]:
    yield from writer.finish(text)
    figures = asker.figures(asked, completion)
    yield AIMessageChunk(content="", chunk_position="last", **figures)


def _generation(chunk: AIMessageChunk) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=chunk)
