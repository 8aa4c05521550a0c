"""Runs and studies without trainings: rows and files that a test writes."""
