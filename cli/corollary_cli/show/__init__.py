"""A run in the terminal: its traces and pairs, one at a time. Start at `viewing`."""
