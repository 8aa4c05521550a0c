"""The terminal that all child processes share: each line begins with the name of its service."""

import os
import sys
import threading
from typing import IO

COLOURS = {"valkey": 35, "api": 36, "train": 32}
LABEL_WIDTH = 10  # characters
HIDDEN = (b"overcommit_memory",)  # Valkey's advice for servers with large data


class Console:
    def __init__(self) -> None:
        self.colour = "NO_COLOR" not in os.environ and (sys.stdout.isatty() or "FORCE_COLOR" in os.environ)
        self.lock = threading.Lock()
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

    def print_line(self, name: str, text: str) -> None:
        """Prints one line of the service `name`."""
        label = f"{name:>{LABEL_WIDTH}} │"
        if self.colour:
            label = f"\x1b[{COLOURS.get(name.split('-')[0], 1)}m{label}\x1b[0m"
        self.print_plain(f"{label} {text}")

    def print_plain(self, text: str) -> None:
        with self.lock:
            try:
                print(text, flush=True)
            except OSError:  # the terminal is closed; its SIGHUP ends the board
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115

    def follow(self, name: str, stream: IO[bytes]) -> None:
        """Prints the lines of the stream in a background thread until the stream ends."""

        def print_lines() -> None:
            with stream:
                for line in stream:
                    if line.strip() and not any(text in line for text in HIDDEN):
                        self.print_line(name, line.decode(errors="replace").rstrip())

        threading.Thread(target=print_lines, name=f"{name} output", daemon=True).start()
