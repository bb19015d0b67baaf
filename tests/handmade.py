"""Problems and traces made by hand for the tests: scripted models in the real graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage

from corollary_agent.graph import Agent, build_agent
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings
from corollary_agent.solve import solve
from corollary_agent.trace import Sampling, Trace
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit

BRIEF = PromptSettings(style="brief", reading="desk")

COW = Problem(
    id="cow",
    source="hand",
    split="train",
    family="cow",
    domain="logic",
    statements=("The cow is cold.", "If something is cold then it is nice."),
    question="Is it true that the cow is nice?",
    asks="truth",
    answer=Answer(kind="truth", value="True"),
)
STORY = Problem(
    id="story",
    source="hand",
    split="train",
    family="story",
    domain="math",
    question="Ann sold 48 clips in April and half as many in May. How many in all?",
    asks="number",
    answer=Answer(kind="number", value="72"),
)
RULE = "forall x. cold(x) -> nice(x)"
GOOD_COW: list[AIMessage | str]
GOOD_STORY: list[AIMessage | str]


def call(tool: str, **arguments: Any) -> AIMessage:
    """A message with one call."""
    row = {"name": tool, "args": arguments, "id": None}
    return AIMessage("", tool_calls=[{**row, "id": f"{tool}-{len(str(arguments))}"}])


def agent_of(
    script: Sequence[AIMessage | str],
    toolkit: Toolkit,
    *,
    prompt: PromptSettings = BRIEF,
    model: str = "scripted",
) -> Agent:
    """An agent whose model says `script`."""
    return build_agent(ScriptedChatModel(script, spec=model), toolkit, prompt=prompt)


def trace_of(
    problem: Problem, script: Sequence[AIMessage | str], toolkit: Toolkit, **options: Any
) -> Trace:
    """The trace of `script` on `problem`; options go to `agent_of`, seed to the sampling."""
    seed = options.pop("seed", abs(hash(str(script))) % 2**31)
    return solve(agent_of(script, toolkit, **options), problem, Sampling(seed=seed))


GOOD_COW = [
    call("premise", n=1, formula="cold(cow)"),
    call("premise", n=2, formula=RULE),
    call("prove", conclusion="nice(cow)"),
    "True",
]
GOOD_STORY = [call("calculate", expression="48/2"), call("calculate", expression="48+24"), "72"]
