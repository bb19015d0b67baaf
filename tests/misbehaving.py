"""A loopback server that answers as it is told: well, badly, late, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer. status 0: the connection is dropped after half of an answer."""

    status: int = 200
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


DROP = Reply(0)
Answer = Callable[[dict[str, Any]], Reply]


def said(content: str | None = None, **fields: Any) -> Reply:
    """A chat completion with one message; 7 tokens read and 3 written."""
    row = {"role": "assistant", "content": content, **fields}
    choice = {"index": 0, "message": row, "finish_reason": "stop"}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
    return Reply(text=json.dumps(body | {"choices": [choice], "usage": usage}))


def called(name: str, arguments: str) -> Reply:
    """A chat completion that calls a tool with these argument characters."""
    function = {"name": name, "arguments": arguments}
    return said(tool_calls=[{"id": "c1", "type": "function", "function": function}])


def streamed(*deltas: dict[str, Any], reason: str = "stop") -> Reply:
    """The events of a stream that says these deltas; 7 tokens read and 3 written."""
    rows = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    rows.append({"index": 0, "delta": {}, "finish_reason": reason})
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    events = [f"data: {json.dumps(head | {'choices': [row]})}\n\n" for row in rows]
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    events.append(f"data: {json.dumps(head | {'choices': [], 'usage': usage})}\n\n")
    return Reply(text="".join(events) + "data: [DONE]\n\n")


@contextmanager
def server(answer: Answer | list[Reply]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the base URL and the list of the requests that came; a list is answered in order.

    A request stands in the list with the key that came with it, as `_key`.
    """
    seen: list[dict[str, Any]] = []
    replies = iter(answer) if isinstance(answer, list) else None

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(body | {"_key": self.headers.get("Authorization")})
            reply = next(replies) if replies is not None else answer(body)  # type: ignore[operator]
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            if reply.status == 0:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.text.encode())

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/v1", seen
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
