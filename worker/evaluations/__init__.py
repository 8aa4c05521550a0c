"""Computes evaluations of a run's best model: features and their map, robustness, predictions of training images."""
