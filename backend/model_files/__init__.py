"""Files of models that people bring: of each only the architecture is read, compared with a dataset, and made a spec."""
