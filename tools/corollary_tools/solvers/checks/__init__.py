"""Whether an answer satisfies and whether a step follows."""
