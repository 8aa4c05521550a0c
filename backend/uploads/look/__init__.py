"""The look at a zip before it is a dataset: what was understood, counts, and four pictures of each class."""
