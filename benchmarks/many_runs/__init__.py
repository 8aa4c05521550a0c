"""How fast the board answers about many runs: the runs table and the page of a study."""
