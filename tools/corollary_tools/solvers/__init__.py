"""What runs inside a worker process: sympy, z3 and math-verify are imported here and nowhere else.

Every tool operation is a function `(arguments, desk) -> Result`. It may raise ToolError, which the
model reads; any other exception is a bug. Nothing here is imported by the calling process.
"""
