"""Routes over many runs: the runs table and its views, comparisons, decisions, bets, studies."""
