"""Prepares datasets: fetches and reads built-in ones, reads uploaded zips, and writes both into the store."""
