"""The report: one self-contained HTML page about a run. Start at `page.build_report`."""
