"""Intervals and tests: how far a difference or a share may be trusted."""
