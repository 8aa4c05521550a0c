"""What all benchmarks share: a board, its options, answers over HTTP, pages in Chromium, and a figure."""
