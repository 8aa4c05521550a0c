"""The HTTP client that the client commands share."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx

from standalone.errors import CommandError

TIMEOUT = httpx.Timeout(30.0, connect=5.0)


class Client:
    """Calls return the JSON of the response; a problem document becomes a CommandError."""

    def __init__(self, options: Namespace) -> None:
        self.url: str = options.url.rstrip("/")
        headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
        try:
            self.http = httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT)
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise CommandError(f"--url {self.url} or the token can't be used: {error}.", code=2) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params={key: value for key, value in query.items() if value is not None})

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            response = self.http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise self.unreachable(error) from None
        except httpx.InvalidURL as error:
            raise CommandError(f"{self.url} is not the address of a board: {error}.", code=2) from None
        if response.is_error:
            raise CommandError(error_message(response))
        try:
            return response.json() if response.content else None
        except ValueError:
            raise CommandError(f"The server at {self.url} is not an Epochboard: its response is not JSON.") from None

    @contextmanager
    def stream(self, path: str, **arguments: Any) -> Iterator[httpx.Response]:
        """Yields a response whose body is not read yet."""
        with self.http.stream("GET", path, **arguments) as response:
            if response.is_error:
                response.read()
                raise CommandError(error_message(response))
            yield response

    def unreachable(self, error: Exception) -> CommandError:
        return CommandError(f"No board answers at {self.url} ({error}): start one with `epochboard up`, or give --url.")


def error_message(response: httpx.Response) -> str:
    """Returns the detail of a problem document, followed by a line for each field where several are wrong."""
    try:
        problem = response.json()
        errors = problem.get("errors") or []
        fields = [f"  {'.'.join(str(key) for key in error['loc'])}: {error['msg']}" for error in errors]
        return "\n".join([problem["detail"], *fields[: len(fields) if len(fields) > 1 else 0]])
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"The board answered {response.status_code} {response.reason_phrase} to {response.request.url}."
