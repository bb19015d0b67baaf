"""Steps that are written in words: what they state is read by rule and checked by the solvers."""
