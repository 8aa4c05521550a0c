"""The arithmetic that the trainer and train.py share, in whole functions that train.py takes as they are."""
