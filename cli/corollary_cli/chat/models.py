"""The models that a session has loaded, each as an agent that keeps the states of its runs.

Guarantees that a model is loaded once, that all runs share one event loop, and that a run can be
gone on with after Ctrl-C, a question to the person, or a kill of the process. Does not show
anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.solver import Solver, open_solver
from corollary_cli.stepping import Stepper
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from corollary_agent.approval import Decision
    from corollary_agent.checkpoints import Checkpoints, Stored
    from corollary_agent.graph import Agent
    from corollary_agent.stream import Event
    from corollary_cli.chat.turn import Asked
    from corollary_tools.toolkit import Toolkit


class Models:
    """What answers in a session. A model is found by its spec."""

    def __init__(self, toolkit: Toolkit, output: Output) -> None:
        self.toolkit = toolkit
        self.output = output
        self.stepper = Stepper()
        self._solvers: dict[str, Solver] = {}
        self._checkpoints: Checkpoints | None = None

    def load(self, spec: str) -> Solver:
        """Return the model's solver, loading it the first time. Raises CorollaryError."""
        if spec not in self._solvers:
            self._solvers[spec] = open_solver(spec, self.toolkit, self.output, self.stepper)
        return self._solvers[spec]

    def keep_states(self, path: Path | None) -> None:
        """Keep the states of runs in the file at `path`, or in memory, from now on.

        Raises CorollaryError for a file that cannot be used.
        """
        from corollary_agent.checkpoints import open_checkpoints

        self.stepper.leave()
        try:
            self._checkpoints = self.stepper.enter(open_checkpoints(path))
        except sqlite3.Error as error:
            raise CorollaryError(
                f"cannot use {path}",
                because=str(error),
                remedy="delete it: nothing but a run that has not ended is lost",
            ) from error

    def begin(self, asked: Asked, *, approve: bool) -> Iterator[Event]:
        """Begin the run of a problem and yield what happens."""
        from corollary_agent.stream import astream_steps
        from corollary_agent.trace import Sampling

        agent, sampling = self._agent(asked), Sampling(seed=asked.seed)
        config = _config(asked, approve)
        return self.stepper.events(
            lambda: astream_steps(agent, asked.problem, sampling, config=config)
        )

    def go_on(
        self, asked: Asked, decision: Decision | None = None, *, approve: bool
    ) -> Iterator[Event]:
        """Go on with a run that was stopped, or that asked and now has its answer."""
        from corollary_agent.stream import acontinue_steps

        agent, config = self._agent(asked), _config(asked, approve)
        return self.stepper.events(lambda: acontinue_steps(agent, config, decision))

    def stored(self, asked: Asked) -> Stored | None:
        """What is stored of an open run; None where there is nothing of it."""
        from corollary_agent.checkpoints import astored_run

        return self.stepper.call(astored_run(self._agent(asked), _config(asked, False)))

    def forget(self, asked: Asked) -> None:
        """Drop the states of a run."""
        if self._checkpoints is not None:
            self.stepper.call(self._checkpoints.adelete_thread(str(asked.number)))

    def close(self) -> None:
        """End what is still running."""
        self.stepper.close()

    def _agent(self, asked: Asked) -> Agent:
        from corollary_agent.checkpoints import with_checkpoints

        if self._checkpoints is None:
            self.keep_states(None)
        assert self._checkpoints is not None
        return with_checkpoints(self.load(asked.model).agent, self._checkpoints)


def _config(asked: Asked, approve: bool) -> RunnableConfig:
    from corollary_agent.approval import approving

    config: RunnableConfig = {"configurable": {"thread_id": str(asked.number)}}
    return approving(config) if approve else config
