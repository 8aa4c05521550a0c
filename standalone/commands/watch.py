"""Follows a run's event stream: a line an epoch, across cut connections, to the run's end."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

from standalone.client import Client
from standalone.refusal import Refusal

SILENCE = httpx.Timeout(60.0, connect=5.0)  # the board pings four times in a minute
GIVE_UP_SECONDS = 120.0
RETRY_SECONDS = 1.0
SHOWN = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")


def watch(client: Client, run_id: str) -> int:
    """0 when the run finished, else 1."""
    try:
        status = follow(client, run_id)
    except KeyboardInterrupt:
        print(f"The run goes on: {client.url}/runs/{run_id}", file=sys.stderr)
        raise
    run = client.get(f"/api/runs/{run_id}")
    if error := run["error"]:
        print(f"{error['title']}: {error['detail']} {error['hint'] or ''}".rstrip(), file=sys.stderr)
    best = run["best"]
    score = f", best {best['monitor']} {best['value']:.4f} in epoch {best['epoch']}" if best else ""
    print(f"{status}{score}")
    return 0 if status == "finished" else 1


def follow(client: Client, run_id: str) -> str:
    """Prints what comes until the run has ended; its last status."""
    last_id, heard, told = "", time.monotonic(), False
    while time.monotonic() - heard < GIVE_UP_SECONDS:
        try:
            for event_id, kind, data in events(client, run_id, last_id):
                last_id, heard, told = event_id or last_id, time.monotonic(), False
                if kind == "end":
                    return str(data["status"])
                tell(kind, data)
        except httpx.HTTPError as error:
            if not told:
                print(f"The connection was cut ({error}); trying again.", file=sys.stderr)
            told = True
        except Ended:
            return str(client.get(f"/api/runs/{run_id}")["status"])
        time.sleep(RETRY_SECONDS)
    raise Refusal(f"The board at {client.url} was silent for {GIVE_UP_SECONDS:.0f} s; the run may still go on.")


class Ended(Exception):
    """The stream's 204: nothing comes any more."""


def events(client: Client, run_id: str, last_id: str) -> Iterator[tuple[str, str, Any]]:
    """(id, kind, payload) of each event of one connection."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with client.stream(f"/api/runs/{run_id}/events", headers=headers, timeout=SILENCE) as answer:
        if answer.status_code == httpx.codes.NO_CONTENT:
            raise Ended
        yield from parsed(answer.iter_lines())


def parsed(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    """Server-sent events: `field: value` lines, an empty line after each event."""
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


def tell(kind: str, data: Any) -> None:
    if kind == "epoch":
        metrics = data["metrics"]
        figures = "  ".join(f"{name} {metrics[name]:.4g}" for name in SHOWN if metrics.get(name) is not None)
        print(f"epoch {data['epoch']}  {figures}", flush=True)
    elif kind == "reset":
        print(f"back to epoch {data['epoch']}: what came after it is trained anew", flush=True)
    elif kind == "log" and data["level"] in ("warning", "error"):
        print(f"{data['level']}: {data['text']}", file=sys.stderr, flush=True)
