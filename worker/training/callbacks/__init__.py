"""The Keras callbacks of a training: what happens at the end of each batch and epoch."""
