"""First-order formulas: what stands on the desk, what follows from it, models and worlds."""
