"""One file a command; each has `command` and imports its work only when it runs."""
