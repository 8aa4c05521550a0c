"""One image of a run: its story through the epochs, what other runs say of it, and what Keras computes for it."""
