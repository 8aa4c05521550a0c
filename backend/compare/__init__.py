"""Compares runs: what differs in their specs, their curves, and their predictions on the same images."""
