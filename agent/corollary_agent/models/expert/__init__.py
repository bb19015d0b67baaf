"""The expert: a rule-based stand-in for a large model where there is no network.

It reads the text of the families it knows by rule and makes seeded mistakes. It is no language
model, and its name in traces says so.
"""

from corollary_agent.models.expert.model import ExpertChatModel

__all__ = ["ExpertChatModel"]
