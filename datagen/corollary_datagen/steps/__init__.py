"""Step verdicts: which step of a trace is wrong, by several methods that are kept apart."""
