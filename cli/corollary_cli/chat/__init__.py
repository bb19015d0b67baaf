"""The interactive session: reading, slash words, rendering of steps, saving."""
