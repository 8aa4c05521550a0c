"""The table of runs: its fields by path, conditions on them, rows, groups, CSV, and saved views."""
