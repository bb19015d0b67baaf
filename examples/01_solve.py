"""Solve a problem with the agent: a chat model drives exact tools, one call at a time.

The model here is scripted, so that this runs anywhere. Any other one is found by its spec:
`load_model("openai:NAME@http://localhost:8000/v1")`, `load_model("local:PATH")`, ...
"""

from langchain_core.messages import AIMessage

from corollary_agent.graph import build_agent
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem_text import read_problem
from corollary_agent.solve import solve
from corollary_tools.toolkit import load_toolkit


def call(expression: str) -> AIMessage:
    row = {"name": "calculate", "args": {"expression": expression}, "id": None}
    return AIMessage("", tool_calls=[row])


problem = read_problem("A shop sells pens in packs of 12 for $9. What do 30 pens cost?")
model = ScriptedChatModel([call("9/12"), call("0.75*30"), "The answer is $22.50."])

with load_toolkit("arithmetic") as toolkit:
    trace = solve(build_agent(model, toolkit), problem)

for step in trace.steps:
    for made, result in zip(step.calls, step.observations, strict=True):
        print(f"{made.name}({made.arguments['expression']}) -> {result.text}")
print(f"{trace.stop}: {trace.answer.value if trace.answer else None}")

# Output:
# calculate(9/12) -> 0.75
# calculate(0.75*30) -> 22.5
# answered: 22.5
