"""A small Hub on this machine: enough of its HTTP API to create a dataset and to commit files.

It keeps what is committed, and answers in other ways where a test asks it to.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_made_for_tests"


@dataclass
class Hub:
    """The repositories: privacy and files by name. refuse: a status for every answer."""

    address: str = ""
    refuse: int = 0
    private: dict[str, bool] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        path = path.partition("?")[0]
        self.seen.append(f"{method} {path}")
        if self.refuse:
            return self.refuse, {"error": "You may not do this"}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path.startswith("/api/datasets/"):
            owner, name, *rest = path.removeprefix("/api/datasets/").split("/")
            return self._repository(f"{owner}/{name}", rest, body)
        return 404, {"error": "no such page"}

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        name = f"{asked.get('organization')}/{asked['name']}"
        url = {"url": f"{self.address}/datasets/{name}", "name": name}
        if name in self.files:
            return 409, {"error": "You already created this dataset repo", **url}
        assert asked["type"] == "dataset"
        self.private[name] = asked.get("visibility") == "private"
        self.files[name] = {}
        return 200, url

    def _repository(self, name: str, rest: list[str], body: bytes) -> tuple[int, Any]:
        if name not in self.files:
            return 404, {"error": "Repository not found"}
        if rest[:1] == ["preupload"]:
            asked = json.loads(body)["files"]
            told = [{"path": f["path"], "uploadMode": "regular", "oid": None} for f in asked]
            return 200, {"files": [{**row, "shouldIgnore": False} for row in told]}
        if rest[:1] == ["commit"]:
            return self._commit(name, body)
        if rest[:1] == ["tree"]:
            rows = self.files[name].items()
            told = [{"type": "file", "path": p, "size": len(b), "oid": "0" * 40} for p, b in rows]
            return 200, told
        siblings = [{"rfilename": path} for path in self.files[name]]
        private = self.private[name]
        return 200, {"id": name, "private": private, "sha": "1" * 40, "siblings": siblings}

    def _commit(self, name: str, body: bytes) -> tuple[int, Any]:
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "header":
                self.commits.append(value["summary"])
            elif line["key"] == "file":
                self.files[name][value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "deletedFile":
                del self.files[name][value["path"]]
        oid = "2" * 40
        url = f"{self.address}/datasets/{name}/commit/{oid}"
        return 200, {"success": True, "commitOid": oid, "commitUrl": url}


@contextmanager
def open_hub() -> Iterator[Hub]:
    """Serve a Hub on a free port of the loopback."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self._chunks() if "chunked" in self._coding() else self.rfile.read(size)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                status, told = 401, {"error": "Invalid username or password."}
            else:
                status, told = hub.answer(self.command, self.path, body)
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if status >= 400:
                self.send_header("X-Error-Message", told["error"])
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_HEAD = _handle

        def _coding(self) -> str:
            return self.headers.get("Transfer-Encoding") or ""

        def _chunks(self) -> bytes:
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

        def log_message(self, *words: object) -> None:
            """Keep the test's output free."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
