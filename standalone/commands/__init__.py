"""The other commands of `epochboard`: HTTP clients of a board, `migrate` and `doctor`."""
