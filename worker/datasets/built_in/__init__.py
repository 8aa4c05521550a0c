"""Built-in datasets: where their files are, and how they become arrays."""
