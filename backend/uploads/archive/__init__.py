"""A zip as a list of entries that are safe to read, and their contents."""
