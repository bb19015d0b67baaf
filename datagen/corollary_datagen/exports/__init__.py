"""Exports: datasets on the disk with card and manifest, other trainers' formats, the Hub."""
