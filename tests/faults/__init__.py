"""What is done to the board on purpose, and what it must do then."""
