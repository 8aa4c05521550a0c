"""The tutorial in plain Keras as a notebook trains it, and a recipe of the board beside it."""
