"""Files of models that people bring: their architecture is read, compared with a dataset, and becomes a spec's model.

Weights and code are never read. `.keras` and `.h5` are opened in a child process with limits.
"""
