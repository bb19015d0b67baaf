"""The forms that an answer is written in: its text brought to one alphabet, and what it shows."""
