"""The agent for `langgraph dev`: langgraph.json, at the root, names `graph` in this file.

    pip install 'langgraph-cli[inmem]'
    LANGGRAPH_CLI_NO_ANALYTICS=1 LANGSMITH_TRACING=false langgraph dev --no-browser
    curl -s localhost:2024/runs/wait -H 'Content-Type: application/json' \
        -d '{"assistant_id": "corollary", "input": {"text": "What is 48/2?"}}'

COROLLARY_MODEL chooses the model. The state is plain JSON, so that the server can keep it.
"""

import os
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_tools.toolkit import load_toolkit


class State(TypedDict, total=False):
    text: str
    problem: Any
    answer: dict[str, Any] | None
    stop: str
    trace: dict[str, Any]


def read(state: State) -> State:
    return {"problem": read_problem(state["text"]).model_dump(mode="json")}


toolkit = load_toolkit("all")
builder = StateGraph(State)
builder.add_node("read", read)
builder.add_node(
    "solve", build_agent(load_model(os.environ.get("COROLLARY_MODEL", "expert")), toolkit)
)
builder.add_edge(START, "read")
builder.add_edge("read", "solve")
builder.add_edge("solve", END)
graph = builder.compile(name="corollary")

if __name__ == "__main__":
    with toolkit:
        done = graph.invoke({"text": "Bob is big. Big things are red. Is Bob red?"})
        print(done["stop"], done["answer"]["value"])

# Output:
# answered True
