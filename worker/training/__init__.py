"""Trains a run with Keras: the only room that imports it, for `fit` and for all that needs a model afterwards."""
