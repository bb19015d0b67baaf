"""The ways in which model families write tool calls; `detect.find_format` picks one."""
