"""Whether two answers are the same, and whether one is right without a gold answer."""
