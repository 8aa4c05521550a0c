"""The runs table in memory, one array for each field: many runs are filtered, sorted and counted in a millisecond."""
