"""From problems to a preference dataset: sources, rollouts, the store, grading, pairs, export."""
