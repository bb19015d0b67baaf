"""Grading: verdicts on traces by two routes, the queue for people, and how often a grader errs."""
