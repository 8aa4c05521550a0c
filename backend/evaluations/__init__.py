"""What is computed from a run's best model after training: the rows of these jobs, and their results."""
