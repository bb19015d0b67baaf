"""Preference pairs from a graph of your own: its decisions made anew, each run to its end.

Any compiled graph with a checkpointer will do. Here `create_agent` with a model that errs at times.
"""

import random

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver

from corollary_agent.forks import ForkSettings, fork_graph
from corollary_datagen.pairs.fork_pairs import fork_pairs


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


class Hasty(BaseChatModel):
    """Your model's place: half of the time it reads 7 for 6."""

    _random = random.Random(0)
    _llm_type = "hasty"

    def bind_tools(self, tools, **options):
        return self.bind(tools=tools)

    def _generate(self, messages, stop=None, run_manager=None, **options):
        if messages[-1].type == "tool":
            said = AIMessage(f"{messages[-1].content} eggs")
        else:
            call = {"name": "multiply", "args": {"a": self._random.choice([6, 7]), "b": 12}}
            said = AIMessage("", tool_calls=[{**call, "id": "c1", "type": "tool_call"}])
        return ChatResult(generations=[ChatGeneration(message=said)])


graph = create_agent(Hasty(), [multiply], system_prompt="Count.", checkpointer=InMemorySaver())
thread = {"configurable": {"thread_id": "eggs"}}
graph.invoke({"messages": [("user", "6 boxes of 12 eggs. How many eggs?")]}, thread)

forks = fork_graph(graph, thread, ForkSettings(alternatives=6), tools=[multiply])
judge = lambda state: state["messages"][-1].content == "72 eggs"  # noqa: E731

for pair in fork_pairs(forks, judge, problem_id="eggs", family="boxes"):
    print([message["role"] for message in pair.prompt], "margin", pair.margin)
    for side, (message,) in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        print(f"{side}: {message['tool_calls'][0]['function']['arguments']}")

# Output:
# ['system', 'user'] margin 1.0
# chosen: {'a': 6, 'b': 12}
# rejected: {'a': 7, 'b': 12}
