"""Chains: traces cut into moves that can be compared, and what they mean."""
