"""Labels that are probably wrong: what doubts them, what people decided, and what a correction changes."""
