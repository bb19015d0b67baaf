"""Solve many problems at once, draw several chains of each, and watch one as it happens."""

import asyncio

from corollary_agent.graph import build_agent
from corollary_agent.limits import Limits
from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_agent.solve import solve_many
from corollary_agent.stream import stream_steps
from corollary_agent.trace import Sampling
from corollary_tools.toolkit import load_toolkit

THEORY = "Bob is big. Big things are red. Red things are not cold. "
problems = [read_problem(THEORY + f"Is Bob {word}?") for word in ("red", "cold", "young")]

with load_toolkit("logic") as toolkit:
    agent = build_agent(load_model("expert"), toolkit, Limits(steps=10))
    traces = asyncio.run(solve_many(agent, problems, sampling=Sampling(seed=1), concurrency=3))
    for problem, trace in zip(problems, traces, strict=True):
        print(problem.question, trace.answer.value if trace.answer else trace.stop)
    for kind, value in stream_steps(agent, problems[1]):
        if kind == "call":
            print(">", value.name, *value.arguments.values())
        elif kind == "result":
            print(value.text)

# Output:
# Is Bob red? True
# Is Bob cold? False
# Is Bob young? Unknown
# > premise 1 big(bob)
# 2. Big things are red.
# > premise 2 forall x. big(x) -> red(x)
# 3. Red things are not cold.
# > premise 3 forall x. red(x) -> ~cold(x)
# Question: Is Bob cold?
# > prove cold(bob)
# False (its negation follows from 1, 2, 3)
