"""The three nodes of the agent graph: act (ask the model), tools (run its calls), repair.

Guarantees that a run ends with a stop reason: limits, loops and refusals are checked here, and an
exception of the model or a bug in a tool becomes the stop reason `error` with its cause. Only
LangGraph's own control flow, a spent budget and Ctrl-C pass through. Does not wire the nodes
(`graph` does).
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.errors import GraphBubbleUp

from corollary_agent.approval import (
    BY_A_PERSON,
    Decision,
    ask_person,
    refusal,
    replaced_calls,
)
from corollary_agent.budget import BudgetReached
from corollary_agent.limits import Limits, PromptTooLong
from corollary_agent.pauses import timed_turn
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, build_messages, to_form
from corollary_agent.repeats import Memo, Result, call_key, first_result, repeated_result
from corollary_agent.replies import Flaw, Reader
from corollary_agent.state import (
    AgentState,
    Update,
    finish,
    opening_state,
    read_problem_value,
    read_sampling_value,
    run_id,
)
from corollary_agent.steps import (
    describe,
    draft_step,
    failed_steps,
    seconds_spent,
    stored_flaw,
    tokens_used,
)
from corollary_agent.trace import Attempt, Sampling, Step, StopReason, ToolCall
from corollary_tools.desk import Desk
from corollary_tools.toolkit import Outcome, Toolkit

Done = TypeVar("Done")
Asking = Generator[tuple[ToolCall, Desk], Outcome | Exception, Done]
"""Work that asks for the calls of tools as it goes, and is sent what came of each."""

_MARGIN = 2
"""Supersteps that must be left to begin another step: one to act, one to run its calls."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of one agent. model: the chat model with its tools bound."""

    model: Runnable[Any, Any]
    toolkit: Toolkit
    limits: Limits
    settings: PromptSettings
    reader: Reader
    identity: dict[str, str]
    reads_problem: bool

    def act(self, state: AgentState, config: RunnableConfig) -> Update:
        """Ask the model for the next message."""
        state, begun = self._begin(state)
        with timed_turn() as watch:
            try:
                message = self.model.invoke(self._view(state), config, **self._options(state))
                return begun | self._take(state, message, watch.milliseconds)
            except (GraphBubbleUp, BudgetReached):
                raise
            except Exception as error:  # noqa: BLE001  any failure of a model ends the run, not the caller
                return begun | self._failed(state, "the model's turn", error)

    async def aact(self, state: AgentState, config: RunnableConfig) -> Update:
        """Ask the model for the next message, for no longer than the run may still take."""
        state, begun = self._begin(state)
        clock = asyncio.timeout(max(0.0, self.limits.seconds - seconds_spent(state)))
        with timed_turn(clock) as watch:
            try:
                async with clock:
                    message = await self.model.ainvoke(
                        self._view(state), config, **self._options(state)
                    )
                return begun | self._take(state, message, watch.milliseconds)
            except (GraphBubbleUp, BudgetReached):
                raise
            except Exception as error:  # noqa: BLE001  any failure of a model ends the run, not the caller
                if clock.expired():
                    return begun | self._cut_off(state, watch.milliseconds)
                return begun | self._failed(state, "the model's turn", error)

    def tools(self, state: AgentState, config: RunnableConfig) -> Update:
        """Run the calls of the pending message in order, as a person approved them."""
        work = self._decided(state, ask_person(state, config))
        try:
            asked = next(work)
            while True:
                asked = work.send(self._called(*asked))
        except StopIteration as done:
            return cast(Update, done.value)

    async def atools(self, state: AgentState, config: RunnableConfig) -> Update:
        """Run the calls without holding up anybody else's run; cancelling frees their worker."""
        work = self._decided(state, ask_person(state, config))
        try:
            asked = next(work)
            while True:
                asked = work.send(await self._acalled(*asked))
        except StopIteration as done:
            return cast(Update, done.value)

    def repair(self, state: AgentState, config: RunnableConfig) -> Update:
        """Show the model what was wrong with its message, or give up."""
        flaw = state["flaw"]
        assert flaw is not None
        draft = Step.model_validate(state["draft"])
        attempts = (*draft.attempts, Attempt.model_validate(flaw["attempt"]))
        mended = {"attempts": attempts, "calls": (), "content": ""}
        kept = draft.model_copy(update=mended).model_dump(mode="json")
        update: Update = {"draft": kept, "failed": [*state["failed"], *flaw["shown"]], "flaw": None}
        if sum(a.fault not in BY_A_PERSON for a in attempts) > self.limits.repairs:
            return finish(state, update, "refused")
        stop = self._limit(state, update)
        return finish(state, update, stop) if stop else update

    async def arepair(self, state: AgentState, config: RunnableConfig) -> Update:
        """Do as `repair`, which blocks nobody."""
        return self.repair(state, config)

    def _begin(self, state: AgentState) -> tuple[AgentState, Update]:
        """Return the state to act on and, where a run begins, the update that begins it."""
        problem = read_problem_value(state["problem"])
        sampling = read_sampling_value(state.get("sampling"))
        if not state.get("stop") and state.get("run") == run_id(problem, sampling, self.identity):
            return state, {}
        begun = opening_state(problem, sampling, self.identity)
        begun["messages"] = build_messages(problem, self.toolkit, self.settings)
        begun["remaining_steps"] = state["remaining_steps"]
        fresh: AgentState = begun  # type: ignore[assignment]  # the same keys, as a plain dict
        return fresh, {key: value for key, value in begun.items() if key != "remaining_steps"}

    def _view(self, state: AgentState) -> list[Any]:
        return [*to_form(state["messages"], self.settings), *state["failed"]]

    def _options(self, state: AgentState) -> dict[str, Any]:
        options = Sampling.model_validate(state["sampling"]).model_dump()
        if self.reads_problem:
            options["problem"] = read_problem_value(state["problem"])
        return options

    def _take(self, state: AgentState, message: AIMessage, milliseconds: float) -> Update:
        problem = Problem.model_validate(state["problem"])
        reply = self.reader.read(message, problem, len(state["steps"]))
        draft = draft_step(state, reply, milliseconds)
        update: Update = {"pending": reply.message, "draft": draft, "flaw": stored_flaw(reply.flaw)}
        if reply.answer is None:
            return update
        update["messages"] = [*state["messages"], reply.message]
        update["answer"] = reply.answer.model_dump(mode="json")
        return finish(state, update | {"failed": []}, "answered")

    def _called(self, call: ToolCall, desk: Desk) -> Outcome | Exception:
        try:
            return self.toolkit.call(call.name, call.arguments, desk)
        except Exception as error:  # noqa: BLE001  a bug in a tool ends this run, not a thousand others
            return error

    async def _acalled(self, call: ToolCall, desk: Desk) -> Outcome | Exception:
        try:
            return await self.toolkit.acall(call.name, call.arguments, desk)
        except Exception as error:  # noqa: BLE001  a bug in a tool ends this run, not a thousand others
            return error

    def _decided(self, state: AgentState, decision: Decision) -> Asking[Update]:
        if decision.kind == "refuse":
            return {"flaw": stored_flaw(refusal(self.reader, state, decision.reason))}
        changed = replaced_calls(state, decision.calls) if decision.kind == "edit" else {}
        after: AgentState = {**state, **changed}  # type: ignore[typeddict-item]
        try:
            return changed | (yield from self._run_calls(after))
        except Exception as error:  # noqa: BLE001  a bug in a tool ends this run, not a thousand others
            return changed | self._failed(after, "a tool (this is a bug)", error)

    def _run_calls(self, state: AgentState) -> Asking[Update]:
        desk, memory = Desk.model_validate(state["desk"]), dict(state["memory"])
        draft = Step.model_validate(state["draft"])
        results: list[Result] = []
        for call in draft.calls:
            key = call_key(call, desk)
            result = yield from self._run_call(call, desk, memory.get(key))
            if result.observation.fault in ("unknown_tool", "bad_arguments"):
                return {"flaw": stored_flaw(self._flaw(state, result))}
            desk, memory[key] = result.desk, result.memo
            results.append(result)
            if result.ends:
                break
        return self._accept(state, draft, results) | {"memory": memory}

    def _run_call(self, call: ToolCall, desk: Desk, memo: Memo | None) -> Asking[Result]:
        if memo is not None:
            return repeated_result(call, desk, memo)
        outcome = yield call, desk
        if isinstance(outcome, Exception):
            raise outcome
        return first_result(call, desk, outcome)

    def _accept(self, state: AgentState, draft: Step, results: list[Result]) -> Update:
        """Close the step: its message and results join the history, failed attempts leave it."""
        observations = tuple(result.observation for result in results)
        step = draft.model_copy(update={"observations": observations}).model_dump(mode="json")
        names = {call.id: call.name for call in draft.calls}
        told = [
            ToolMessage(o.text, tool_call_id=o.call_id, name=names[o.call_id]) for o in observations
        ]
        update: Update = {
            "messages": [*state["messages"], state["pending"], *told],
            "steps": [*state["steps"], step],
            "desk": results[-1].desk.model_dump(mode="json"),
            "draft": {},
            "failed": [],
        }
        lost = failed_steps(update["steps"]) >= self.limits.failures
        stop = "loop" if lost or results[-1].ends else self._limit(state, update)
        return finish(state, update, stop) if stop else update

    def _flaw(self, state: AgentState, result: Result) -> Flaw:
        observation, pending = result.observation, state["pending"]
        assert pending is not None
        assert observation.fault is not None
        told = {observation.call_id: observation.text}
        return self.reader.flaw_of_calls(pending, told, observation.fault)

    def _limit(self, state: AgentState, update: Update) -> StopReason | None:
        """Which limit forbids another model call, if any."""
        after: AgentState = {**state, **update}  # type: ignore[typeddict-item]
        if len(after["steps"]) >= self.limits.steps or state["remaining_steps"] <= _MARGIN:
            return "step_limit"
        if tokens_used(after) >= self.limits.tokens:
            return "token_limit"
        return "time_limit" if seconds_spent(after) >= self.limits.seconds else None

    def _failed(self, state: AgentState, who: str, error: Exception) -> Update:
        """End a run that cannot go on; to have outgrown what the model reads is no failure."""
        if isinstance(error, PromptTooLong) and (state["steps"] or state["failed"]):
            return finish(state, {}, "token_limit")
        return finish(state, {"error": describe(who, error)}, "error")

    def _cut_off(self, state: AgentState, milliseconds: float) -> Update:
        draft = Step.model_validate(state["draft"])
        spent = {"milliseconds": draft.milliseconds + milliseconds}
        kept = draft.model_copy(update=spent).model_dump(mode="json")
        return finish(state, {"draft": kept}, "time_limit")
