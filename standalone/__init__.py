"""The program `epochboard`: `board/` runs the whole board on one machine, `commands/` holds the client commands."""
