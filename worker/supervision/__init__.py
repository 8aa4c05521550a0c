"""Processes and devices of a train worker: trainer pool, supervisor, lease keeper, device timing."""
