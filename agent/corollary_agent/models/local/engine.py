"""The thread that owns a model: messages join and leave the running batch token by token.

Guarantees that every request is answered or fails with the cause, that greedy messages are those
that the model's own `generate` writes alone, and that a message whose future is cancelled gives its
place back at the next token. Out of memory halves how many are decoded together and says so; what
was under way goes on. Does not render or parse.
"""

from __future__ import annotations

import queue
import threading
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from corollary_agent.models.local.adapters import Adapters
from corollary_agent.models.local.draw import draw
from corollary_agent.models.local.holding import Holding
from corollary_agent.models.local.requests import Completion, Request, Row, new_row
from corollary_tools.errors import CorollaryError

_IDLE = 2.0
"""Seconds without a request after which the thread ends; the next request starts another."""
_PATIENCE = 4
"""Tokens that a request waits at most for others to join the batch with it."""
_SHARE = 4
"""Requests join when they are one for this many under way."""


@dataclass(slots=True)
class Writing:
    """A message under way. slot: where it stands; token: the one drawn last, not yet read."""

    row: Row
    future: Future[Completion]
    slot: int = -1
    token: int = -1

    @property
    def tokens(self) -> tuple[int, ...]:
        """Prompt and what has been written."""
        asked = self.row.request.tokens
        return (*asked, *self.row.written) if self.row.written else asked


class Engine:
    """Decodes with one model. size: messages decoded together; stops: ids that end a message."""

    def __init__(self, model: Any, stops: frozenset[int], *, size: int = 64, **room: int) -> None:
        self.model = model
        self._holding = Holding(model, **room)
        self._adapters = Adapters(model)
        self._stops = stops
        self._size = size
        self._queue: queue.SimpleQueue[Writing] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting: list[Writing] = []
        self._live: list[Writing] = []
        self._patience = _PATIENCE

    def submit(self, request: Request) -> Future[Completion]:
        """Queue one request; its future holds the completion or the exception."""
        writing = Writing(new_row(request), Future())
        with self._lock:
            self._queue.put(writing)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="decoder")
                self._thread.start()
        return writing.future

    def decode(self, requests: Iterable[Request]) -> list[Completion]:
        """Return the completions of requests that arrive together."""
        futures = [self.submit(request) for request in requests]
        return [future.result() for future in futures]

    def _run(self) -> None:
        while self._receive():
            try:
                self._go_on()
            except Exception as error:  # noqa: BLE001 - whoever waits must learn of any failure
                self._fail_all(error)

    def _receive(self) -> bool:
        """Take what has arrived, waiting for it where nothing is under way; false to end."""
        block = not (self._live or self._waiting)
        while True:
            try:
                self._waiting.append(self._queue.get(block=block, timeout=_IDLE))
                block = False
            except queue.Empty:
                if not block:
                    return True
                with self._lock:
                    if self._queue.empty():
                        self._thread = None
                        return False

    def _go_on(self) -> None:
        """Let requests join, then write one token of every message."""
        self._drop_cancelled()
        if self._ready():
            self._join()
        self._patience -= 1
        for group in _by_adapter(self._live):
            self._guarded(self._step, group)

    def _ready(self) -> bool:
        wanted = max(1, len(self._live) // _SHARE)
        free = self._size - len(self._live)
        return bool(self._waiting) and (
            free > 0 and (len(self._waiting) >= min(wanted, free) or self._patience <= 0)
        )

    def _join(self) -> None:
        """Give waiting requests places, and read their prompts."""
        joined: list[Writing] = []
        self._patience = _PATIENCE
        for writing in self._waiting:
            if len(self._live) + len(joined) >= self._size:
                break
            if self._holding.worth_waiting(writing, joined):
                self._patience = 0
            elif self._loaded(writing) and self._holding.place(writing):
                joined.append(writing)
        left = set(map(id, joined))
        self._waiting = [w for w in self._waiting if id(w) not in left and not w.future.done()]
        for group in _by_adapter(joined):
            for part in self._holding.parts(group):
                self._guarded(self._read, part)

    def _loaded(self, writing: Writing) -> bool:
        """See that a request's adapter is there; one that cannot be loaded fails it alone."""
        try:
            self._adapters.load(writing.row.request.adapter)
        except CorollaryError as error:
            self._fail([writing], error)
            return False
        return True

    def _read(self, group: list[Writing]) -> None:
        logits = self._holding.read(group)
        self._live += group
        self._draw(group, logits)

    def _step(self, group: list[Writing]) -> None:
        self._draw(group, self._holding.step(group))

    def _draw(self, group: list[Writing], logits: Tensor) -> None:
        tokens = draw([writing.row for writing in group], logits, self._stops)
        for writing, token in zip(group, tokens, strict=True):
            writing.token = token
            if writing.row.done:
                self._leave(writing)

    def _leave(self, writing: Writing) -> None:
        self._live.remove(writing)
        self._holding.free(writing)
        if not writing.future.set_running_or_notify_cancel():
            return
        if writing.row.failure is not None:
            writing.future.set_exception(writing.row.failure)
        else:
            writing.future.set_result(writing.row.completion())

    def _drop_cancelled(self) -> None:
        self._waiting = [w for w in self._waiting if not w.future.cancelled()]
        for writing in [w for w in self._live if w.future.cancelled()]:
            self._live.remove(writing)
            self._holding.free(writing)

    def _guarded(self, work: Any, group: list[Writing]) -> None:
        """Run a pass; out of memory sends half of what is under way back to wait."""
        try:
            self._adapters.use(group[0].row.request.adapter)
            work(group)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _out_of_memory(error):
                raise
            self._halve(group, error)

    def _halve(self, group: list[Writing], error: Exception) -> None:
        together = len({id(w) for w in (*self._live, *group)})
        self._holding.forget_idle()
        if together <= 1:
            self._fail(group, _too_large(error))
            return
        self._size = max(1, together // 2)
        warnings.warn(
            f"out of memory with {together} messages together; going on with {self._size}",
            RuntimeWarning,
            stacklevel=2,
        )
        kept = [w for w in self._live if w not in group][: self._size]
        kept += [w for w in self._live if w in group][: self._size - len(kept)]
        back = [w for w in (*self._live, *group) if w not in kept]
        for writing in {id(w): w for w in back}.values():
            self._holding.free(writing)
            self._waiting.insert(0, writing)
        self._live = kept

    def _fail(self, group: Sequence[Writing], error: Exception) -> None:
        for writing in group:
            self._holding.free(writing)
            if writing.future.set_running_or_notify_cancel():
                writing.future.set_exception(error)
        gone = set(map(id, group))
        self._live = [w for w in self._live if id(w) not in gone]

    def _fail_all(self, error: Exception) -> None:
        placed: list[Any] = self._holding.placed
        everybody = {id(w): w for w in (*self._live, *self._waiting, *placed)}
        self._live, self._waiting = [], []
        self._fail([w for w in everybody.values() if not w.future.done()], error)


def _by_adapter(writings: Sequence[Writing]) -> list[list[Writing]]:
    groups: dict[str | None, list[Writing]] = {}
    for writing in writings:
        groups.setdefault(writing.row.request.adapter, []).append(writing)
    return list(groups.values())


def _out_of_memory(error: BaseException) -> bool:
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    said = str(error).lower()
    return "out of memory" in said or "can't allocate memory" in said


def _too_large(error: Exception) -> CorollaryError:
    return CorollaryError(
        "the model has no memory for even one message",
        because=(str(error).splitlines() or ["out of memory"])[0][:200],
        remedy="a shorter prompt, dtype='bfloat16', or a smaller model",
        exit_code=3,
    )
