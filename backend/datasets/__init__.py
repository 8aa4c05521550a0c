"""Datasets: the registry of their rows, arrays on disk, uploaded zips, and how an image is decoded for a network."""
