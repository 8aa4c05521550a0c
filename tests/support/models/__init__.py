"""Models as Keras describes and stores them."""
