"""The one screen that all children write to: each line with the child's name before it."""

import os
import sys
import threading
from typing import IO

COLOURS = {"valkey": 35, "api": 36, "train": 32, "jobs": 33}
WIDTH = 10
NOISE = (b"overcommit_memory",)  # Valkey's advice for servers with much in memory


class Console:
    def __init__(self) -> None:
        self.colour = "NO_COLOR" not in os.environ and (sys.stdout.isatty() or "FORCE_COLOR" in os.environ)
        self.lock = threading.Lock()
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

    def say(self, name: str, text: str) -> None:
        """One line of the part `name`."""
        label = f"{name:>{WIDTH}} │"
        if self.colour:
            label = f"\x1b[{COLOURS.get(name.split('-')[0], 1)}m{label}\x1b[0m"
        self.plain(f"{label} {text}")

    def plain(self, text: str) -> None:
        with self.lock:
            try:
                print(text, flush=True)
            except OSError:  # the terminal is closed: its hang-up ends the board, and until then nobody reads
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115

    def follow(self, name: str, stream: IO[bytes]) -> None:
        """Repeats the stream line by line until its other end is closed, from a thread of its own."""

        def pump() -> None:
            with stream:
                for line in stream:
                    if line.strip() and not any(word in line for word in NOISE):
                        self.say(name, line.decode(errors="replace").rstrip())

        threading.Thread(target=pump, name=f"{name} output", daemon=True).start()
