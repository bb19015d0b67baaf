"""The parts of the formula reader and writer; `corollary_tools.formula` is the way in."""
