"""A student as one node among others: what it does not solve goes on to the teacher.

Each agent is a graph of its own that gives `answer`, `stop` and `trace`; what lies between them
is yours. The teacher here is the expert; any hosted model can take its place.
"""

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from corollary_agent.graph import build_agent
from corollary_agent.limits import Limits
from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_tools.toolkit import load_toolkit


class State(TypedDict, total=False):
    problem: Any
    answer: dict[str, Any] | None
    stop: str
    trace: dict[str, Any]


def is_solved(state: State) -> str:
    return END if state["stop"] == "answered" else "teacher"


problems = [
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Is the following statement true, false, or unknown? Bob is nice.",
    "On a branch, there are five birds: a quail, an owl, a raven, a falcon, and a robin. The owl "
    "is the leftmost. The robin is to the left of the raven. The quail is the rightmost. The raven "
    "is the third from the left. Which of the following is true?\nA) The quail is the rightmost.\n"
    "B) The owl is the rightmost.",
]

with load_toolkit("all") as toolkit:
    graph = StateGraph(State)
    graph.add_node("student", build_agent(load_model("starter"), toolkit, Limits(steps=5)))
    graph.add_node("teacher", build_agent(load_model("expert"), toolkit))
    graph.add_edge(START, "student")
    graph.add_conditional_edges("student", is_solved, [END, "teacher"])
    graph.add_edge("teacher", END)
    team = graph.compile()
    for text in problems:
        done = team.invoke({"problem": read_problem(text).model_dump(mode="json")})
        who = "teacher" if done["trace"]["model"].startswith("expert") else "student"
        print(f"{who}: {done['answer']['value']}")

# Output:
# student: True
# teacher: A
