"""The chat models that can drive the agent; `load.load_model` finds one by its spec."""
