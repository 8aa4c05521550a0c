"""Files of models that people bring: only their architecture is read, compared with a dataset, and made a spec's model."""
