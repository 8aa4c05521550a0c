"""Real trainings: their datasets and specs, and the processes that they run in."""
