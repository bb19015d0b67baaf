"""A symbolic tool: a LangChain tool whose work is done by a worker process.

Guarantees that whatever a model sends comes back as an Outcome with a text: bad arguments, tool
errors and timeouts are faults of the call, never exceptions. A bug in a solver does raise. Does
not know which tools make a toolkit (`toolkit`), nor any message form but LangChain's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from corollary_tools.desk import Desk
from corollary_tools.errors import CorollaryError, ToolTimeout
from corollary_tools.worker import Work, Workers

_EMPTY = Desk()
LONGEST_MESSAGE = 600  # characters of an error that a model reads
CallFault = Literal["unknown_tool", "bad_arguments", "tool_error", "timeout"]


class Arguments(BaseModel):
    """Base of the tools' argument schemas: frozen, and an unknown argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Example:
    """A call and what it returns, shown to models and checked by the suite.

    desk: what must be on the desk for it, where that matters.
    """

    arguments: dict[str, Any]
    result: str
    desk: Desk = _EMPTY


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to. desk: the desk after it. fault: None where the tool did its work.

    milliseconds: of the worker's own, without waiting for it and without a busy event loop's lag.
    """

    text: str
    desk: Desk
    fault: CallFault | None = None
    certificate: dict[str, Any] | None = None
    milliseconds: float = 0.0


class OpenDesk:
    """A desk that several tools of a foreign graph share and advance, threads and coroutines alike.

    Calls that leave the desk as it is run side by side. One that changes it runs again where
    another change came first, so that no change is lost: calls are functions of the desk.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lock = Lock()

    def advance(self, call: Callable[[Desk], Outcome]) -> Outcome:
        """Run `call` on the desk as it stands and keep the desk that it returns."""
        while True:
            before = self.desk
            outcome = call(before)
            if self._kept(before, outcome.desk):
                return outcome

    async def aadvance(self, call: Callable[[Desk], Awaitable[Outcome]]) -> Outcome:
        """Do what `advance` does, with a call that is awaited."""
        while True:
            before = self.desk
            outcome = await call(before)
            if self._kept(before, outcome.desk):
                return outcome

    def _kept(self, before: Desk, after: Desk) -> bool:
        if after is before:
            return True
        with self._lock:
            if self.desk is not before:
                return False
            self.desk = after
            return True


def explain_arguments(error: ValidationError) -> str:
    """Say in one line, for a model, which arguments are wrong and what they must be."""
    faults = (_explained(dict(row)) for row in error.errors(include_url=False))
    return f"Bad arguments: {'; '.join(faults)}."


def _explained(row: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in row["loc"]) or "the call"
    if row["type"] == "extra_forbidden":
        return f"there is no argument {place}"
    if row["type"] == "missing":
        return f"{place} is missing"
    wanted = _WANTED.get(row["type"], "")
    return f"{place}: {row['msg'][:1].lower()}{row['msg'][1:]}{wanted}"


_WANTED = {
    "list_type": ' (send ["..."])',
    "string_type": ' (send "...")',
    "int_type": " (send such as 2)",
    "int_parsing": " (send such as 2)",
    "int_from_float": " (send such as 2)",
    "bool_parsing": " (send true or false)",
    "bool_type": " (send true or false)",
}


class SymbolicTool(BaseTool):
    """One tool of a toolkit.

    args_schema: a subclass of Arguments. operation: its name in `operations.TOOL_OPERATIONS`.
    examples: calls with their results, each true. As a plain LangChain tool it answers with the
    text, and with the certificate as artifact; errors come back as text.
    """

    operation: str
    examples: tuple[Example, ...] = ()
    handle_validation_error: Any = explain_arguments
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    _workers: Workers | None = PrivateAttr(default=None)
    _open_desk: OpenDesk | None = PrivateAttr(default=None)

    def employ(self, workers: Workers, open_desk: OpenDesk | None = None) -> SymbolicTool:
        """Return this tool with the workers that do its work, and with the desk it shares."""
        employed = self.model_copy()
        employed._workers, employed._open_desk = workers, open_desk
        return employed

    def call(self, arguments: dict[str, Any], desk: Desk) -> Outcome:
        """Run one call on `desk`. Faults of the caller are in the outcome; bugs raise."""
        try:
            request = self._request(arguments, desk)
        except ValidationError as error:
            return _refused(error, desk)
        return _outcome(self._employer().run(self.operation, request), desk)

    async def acall(self, arguments: dict[str, Any], desk: Desk) -> Outcome:
        """Do what `call` does without blocking the event loop; cancelling it ends the work."""
        try:
            request = self._request(arguments, desk)
        except ValidationError as error:
            return _refused(error, desk)
        return _outcome(await self._employer().arun(self.operation, request), desk)

    def _request(self, arguments: dict[str, Any], desk: Desk) -> dict[str, Any]:
        schema = self.args_schema
        assert isinstance(schema, type)
        assert issubclass(schema, BaseModel)
        checked = schema.model_validate(arguments).model_dump(mode="json")
        return {"arguments": checked, "desk": _sent(desk)}

    def _employer(self) -> Workers:
        if self._workers is None:
            raise CorollaryError(
                f"the tool {self.name} was called outside a toolkit",
                because="it has no worker process to do its work",
                remedy="take it from load_toolkit(...).tools",
            )
        return self._workers

    def _run(self, **arguments: Any) -> tuple[str, dict[str, Any] | None]:
        shared = self._open_desk or OpenDesk(_EMPTY)
        outcome = shared.advance(lambda desk: self.call(arguments, desk))
        return outcome.text, outcome.certificate

    async def _arun(self, **arguments: Any) -> tuple[str, dict[str, Any] | None]:
        shared = self._open_desk or OpenDesk(_EMPTY)
        outcome = await shared.aadvance(lambda desk: self.acall(arguments, desk))
        return outcome.text, outcome.certificate


def _outcome(work: Work, desk: Desk) -> Outcome:
    spent = work.seconds * 1000
    if work.error is not None:
        fault: CallFault = "timeout" if isinstance(work.error, ToolTimeout) else "tool_error"
        return Outcome(_shortened(str(work.error)), desk, fault, milliseconds=spent)
    reply = work.result()
    after = desk if reply["desk"] is None else Desk.model_validate(reply["desk"])
    return Outcome(reply["text"], after, certificate=reply["certificate"], milliseconds=spent)


def _refused(error: ValidationError, desk: Desk) -> Outcome:
    return Outcome(_shortened(explain_arguments(error)), desk, "bad_arguments")


def _shortened(message: str) -> str:
    """A message that quotes a long text keeps its begin, and its end: what to send instead."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    return f"{message[: LONGEST_MESSAGE // 2]} ... {message[-LONGEST_MESSAGE // 3 :]}"


def _sent(desk: Desk) -> dict[str, Any] | None:
    return None if desk == _EMPTY else desk.model_dump(mode="json")
