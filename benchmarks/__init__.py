"""What is promised in figures, measured: `make bench`, or `python -m benchmarks NAME…`. One JSON line a figure."""
