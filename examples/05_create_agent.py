"""A student in LangChain's own agent: `create_agent` with the student and the tools of one desk.

A student is spoken to as it was trained: no system prompt, statement by statement.
"""

from langchain.agents import create_agent
from langchain_core.messages import HumanMessage

from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_tools.toolkit import load_toolkit

problem = read_problem(
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Is the following statement true, false, or unknown? Bob is nice."
)

with load_toolkit("all") as toolkit:
    agent = create_agent(load_model("starter"), toolkit.open(problem.desk))
    done = agent.invoke({"messages": [HumanMessage(problem.desk.opening())]})

for message in done["messages"]:
    for made in getattr(message, "tool_calls", []):
        print(f"{made['name']}({', '.join(map(str, made['args'].values()))})")
print(done["messages"][-1].content)

# Output:
# premise(1, kind(bob))
# premise(2, young(bob))
# premise(3, forall x. kind(x) & young(x) -> nice(x))
# prove(nice(bob))
# True
