"""A board over HTTP: what the client commands share."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx

from standalone.refusal import Refusal

TIMEOUT = httpx.Timeout(30.0, connect=5.0)


class Client:
    """Calls return the answer's JSON; a problem document becomes a Refusal with its sentence."""

    def __init__(self, options: Namespace) -> None:
        self.url: str = options.url.rstrip("/")
        headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
        try:
            self.http = httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT)
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise Refusal(f"--url {self.url} or the token can't be used: {error}.", code=2) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params={key: value for key, value in query.items() if value is not None})

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = self.http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise self.unreachable(error) from None
        except httpx.InvalidURL as error:
            raise Refusal(f"{self.url} is not an address of a board: {error}.", code=2) from None
        if answer.is_error:
            raise Refusal(sentence(answer))
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise Refusal(f"What answers at {self.url} is no Epochboard: it sends no JSON.") from None

    @contextmanager
    def stream(self, path: str, **arguments: Any) -> Iterator[httpx.Response]:
        """An answer whose body is read bit by bit."""
        with self.http.stream("GET", path, **arguments) as answer:
            if answer.is_error:
                answer.read()
                raise Refusal(sentence(answer))
            yield answer

    def unreachable(self, error: Exception) -> Refusal:
        return Refusal(f"No board answers at {self.url} ({error}): start one with `epochboard up`, or give --url.")


def sentence(answer: httpx.Response) -> str:
    """What a problem document says; where several fields are wrong, a line for each after it."""
    try:
        problem = answer.json()
        errors = problem.get("errors") or []
        fields = [f"  {'.'.join(str(key) for key in error['loc'])}: {error['msg']}" for error in errors]
        return "\n".join([problem["detail"], *fields[: len(fields) if len(fields) > 1 else 0]])
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"The board answered {answer.status_code} {answer.reason_phrase} to {answer.request.url}."
