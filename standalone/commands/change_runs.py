"""`epochboard runs change`: stop, delete, tag or untag many runs, given by their ids or by the filters of the list."""

from argparse import Namespace
from typing import Any

import httpx

from standalone.commands.client import Client
from standalone.errors import CommandError

DONE = {"stop": "stopped", "delete": "deleted", "tag": "tagged", "untag": "untagged"}
FILTERS = ("status", "where", "q", "study")
OF_A_QUERY = ("without", "expected")


def change_runs(options: Namespace) -> int:
    """Returns 1 if a run was refused; the others are changed."""
    body = {"do": options.do, **_target(options)}
    if options.kill:
        body["mode"] = "kill"
    if options.tag is not None:
        body["tag"] = options.tag
    with Client(options) as client:
        client.http.timeout = httpx.Timeout(None, connect=5.0)  # many runs take minutes
        result = client.call("POST", "/api/runs/bulk", json=body)
    print(f"{result['done']} {DONE[options.do]}")
    for refusal in result["refused"]:
        print(f"{refusal['id']}  {refusal['detail']}")
    return 1 if result["refused"] else 0


def _target(options: Namespace) -> dict[str, Any]:
    query = {name: value for name in FILTERS if (value := getattr(options, name)) is not None}
    if options.id and query:
        raise CommandError("Give ids of runs or filters, and not both.", code=2)
    if not options.id and not query:
        raise CommandError(
            "Give ids of runs, or filters such as --status failed; --where 'id!=null' matches all runs.", code=2
        )
    target = {"query": query} if query else {"ids": options.id}
    return target | {name: value for name in OF_A_QUERY if (value := getattr(options, name)) is not None}
