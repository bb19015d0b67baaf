"""The parts of the expression reader and writer; `corollary_tools.expression` is the way in."""
