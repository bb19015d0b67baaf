"""Fuzzing the tools: whatever is sent comes back as a result or as an error for the model.

`python -m fuzz --seconds 600` (with tests/ on the path, `make fuzz`) runs long; the suite runs a
few inputs of each kind (tests/test_fuzz.py) and everything in tests/corpus, which broke something
once.
"""
