"""The agent as one node of a LangGraph graph of your own.

It takes the state keys `problem` and `sampling` and gives `answer`, `stop` and `trace`, all plain
JSON, so that any checkpointer can keep them.
"""

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
    letter: str


def read(state: State) -> State:
    return {"problem": read_problem(state["text"]).model_dump(mode="json")}


def write(state: State) -> State:
    answer = state["answer"]
    return {"letter": f"Dear reader, {answer['value'] if answer else 'nobody can tell'}. Yours."}


with load_toolkit("logic") as toolkit:
    graph = StateGraph(State)
    graph.add_node("read", read)
    graph.add_node("solve", build_agent(load_model("expert"), toolkit))
    graph.add_node("write", write)
    graph.add_edge(START, "read")
    graph.add_edge("read", "solve")
    graph.add_edge("solve", "write")
    graph.add_edge("write", END)
    text = "The cow is blue. Blue things are cold. If something is cold then it is not young. "
    print(graph.compile().invoke({"text": text + "Is the cow young?"})["letter"])

# Output:
# Dear reader, False. Yours.
