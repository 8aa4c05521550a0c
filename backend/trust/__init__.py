"""Whether a run's probabilities can be believed: calibration, temperature scaling, and when its model answers."""
