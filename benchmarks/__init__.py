"""Benchmarks of the figures that the project promises: `make bench`, or `python -m benchmarks NAME…`."""
