"""Uploaded zips: what is in them, what it means, and the dataset's row that a worker fills from it."""
