"""`--watch`: prints a line for each epoch from a run's event stream, and reconnects until the run has ended."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

from standalone.commands.client import Client
from standalone.errors import CommandError

STREAM_TIMEOUT = httpx.Timeout(60.0, connect=5.0)  # seconds; the board sends a ping every 15 s
GIVE_UP_SECONDS = 120.0
RETRY_SECONDS = 1.0
PRINTED_METRICS = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")


def watch(client: Client, run_id: str) -> int:
    """Returns 0 when the run finished, else 1."""
    try:
        status = follow(client, run_id)
    except KeyboardInterrupt:
        print(f"The run continues: {client.url}/runs/{run_id}", file=sys.stderr)
        raise
    run = client.get(f"/api/runs/{run_id}")
    if error := run["error"]:
        print(f"{error['title']}: {error['detail']} {error['hint'] or ''}".rstrip(), file=sys.stderr)
    best = run["best"]
    score = f", best {best['monitor']} {best['value']:.4f} in epoch {best['epoch']}" if best else ""
    print(f"{status}{score}")
    return 0 if status == "finished" else 1


def follow(client: Client, run_id: str) -> str:
    """Prints events until the run has ended, and returns its last status."""
    last_id, last_event_at, is_reported = "", time.monotonic(), False
    while time.monotonic() - last_event_at < GIVE_UP_SECONDS:
        try:
            for event_id, kind, data in events(client, run_id, last_id):
                last_id, last_event_at, is_reported = event_id or last_id, time.monotonic(), False
                if kind == "end":
                    return str(data["status"])
                print_event(kind, data)
        except httpx.HTTPError as error:
            if not is_reported:
                print(f"Connection lost ({error}); reconnecting.", file=sys.stderr)
            is_reported = True
        except StreamEnded:
            return str(client.get(f"/api/runs/{run_id}")["status"])
        time.sleep(RETRY_SECONDS)
    raise CommandError(f"The board at {client.url} sent nothing for {GIVE_UP_SECONDS:.0f} s; the run may still train.")


class StreamEnded(Exception):
    """The board responded with 204: the run has ended and all its events were sent."""


def events(client: Client, run_id: str, last_id: str) -> Iterator[tuple[str, str, Any]]:
    """Yields (id, kind, payload) of each event of one connection."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with client.stream(f"/api/runs/{run_id}/events", headers=headers, timeout=STREAM_TIMEOUT) as response:
        if response.status_code == httpx.codes.NO_CONTENT:
            raise StreamEnded
        yield from parse_events(response.iter_lines())


def parse_events(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    """Parses server-sent events: `field: value` lines, an empty line after each event."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
        elif not line:
            if "data" in fields:
                yield fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"])
            fields = {}


def print_event(kind: str, data: Any) -> None:
    if kind == "epoch":
        metrics = data["metrics"]
        values = "  ".join(f"{name} {metrics[name]:.4g}" for name in PRINTED_METRICS if metrics.get(name) is not None)
        print(f"epoch {data['epoch']}  {values}", flush=True)
    elif kind == "reset":
        print(f"back to epoch {data['epoch']}: later epochs are trained again", flush=True)
    elif kind == "log" and data["level"] in ("warning", "error"):
        print(f"{data['level']}: {data['text']}", file=sys.stderr, flush=True)
