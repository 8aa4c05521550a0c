"""Rules that find a problem in the history of a run, one file a rule, and what to try next."""
