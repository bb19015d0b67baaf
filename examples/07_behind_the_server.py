"""A student behind the OpenAI-compatible server, for graphs and languages that cannot import us.

`corollary serve --model starter` does the same from a shell; here it runs in a thread. The client
is LangChain's ChatOpenAI in a graph of its own, and nothing in it knows of this project but the
tools.
"""

from threading import Thread

from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_agent.serving.server import Address, ModelServer
from corollary_tools.toolkit import load_toolkit

problem = read_problem(
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Is the following statement true, false, or unknown? Bob is nice."
)
server = ModelServer(load_model("starter"), "starter", Address(port=0))
thread = Thread(target=server.run)
thread.start()

with load_toolkit("all") as toolkit:
    student = ChatOpenAI(model="starter", base_url=server.url, api_key="none", temperature=0)
    agent = create_agent(student, toolkit.open(problem.desk))
    done = agent.invoke({"messages": [HumanMessage(problem.desk.opening())]})

server.stop()
thread.join()
for message in done["messages"]:
    if message.type == "tool":
        print(message.content)
print(done["messages"][-1].content)

# Output:
# 2. Bob is young.
# 3. If someone is kind and young then they are nice.
# Question: Is the following statement true, false, or unknown? Bob is nice.
# True (from 1, 2, 3)
# True
