"""The agent: problems, traces, the LangGraph graph and the chat models that can drive it.

Import what you need from its module: `corollary_agent.graph.build_agent`,
`corollary_agent.solve.solve`, `corollary_agent.models.load.load_model`.
"""
