"""Routes of labels: suspects and doubts, versions of a dataset, quizzes."""
