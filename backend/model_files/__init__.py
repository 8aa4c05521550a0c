"""Files of models that people bring: only the architecture is read, compared with a dataset, and made a spec."""
