"""The command `corollary`: one sub-command for each stage."""
