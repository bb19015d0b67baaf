"""Plug a small trained student into a LangGraph graph of your own.

The student is a LangChain chat model and the tools are LangChain tools: nothing else of ours is
in this graph. `toolkit.open` gives the tools of one problem's desk, where statements are read one
by one. "starter" ships with the package; your own student is "local:PATH".
"""

from langchain_core.messages import HumanMessage, ToolMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_tools.toolkit import load_toolkit

problem = read_problem(
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Nice people are quiet. "
    "Is the following statement true, false, or unknown? Bob is quiet."
)

with load_toolkit("all") as toolkit:
    tools = toolkit.open(problem.desk)
    student = load_model("starter").bind_tools(tools)

    graph = StateGraph(MessagesState)
    graph.add_node("student", lambda state: {"messages": [student.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "student")
    graph.add_conditional_edges("student", tools_condition)
    graph.add_edge("tools", "student")
    done = graph.compile().invoke({"messages": [HumanMessage(problem.desk.opening())]})

for message in done["messages"]:
    for made in getattr(message, "tool_calls", []):
        print(f"{made['name']}({', '.join(map(str, made['args'].values()))})")
    if isinstance(message, ToolMessage):
        print(f"    {message.content}")
print(done["messages"][-1].content)

# Output:
# premise(1, kind(bob))
#     2. Bob is young.
# premise(2, young(bob))
#     3. If someone is kind and young then they are nice.
# premise(3, forall x. kind(x) & young(x) -> nice(x))
#     4. Nice people are quiet.
# premise(4, forall x. nice(x) -> quiet(x))
#     Question: Is the following statement true, false, or unknown? Bob is quiet.
# prove(quiet(bob))
#     True (from 1, 2, 3, 4)
# True
