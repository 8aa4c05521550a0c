"""The page's scripts and styles: compressed when the page is built, and kept by browsers for good."""

import mimetypes
from collections.abc import Iterator

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ENDINGS = {"br": ".br", "gzip": ".gz"}  # of compressed files, by content coding, the smaller one first
FOR_GOOD = "public, max-age=31536000, immutable"  # seconds of a year; a name holds a hash of its file's content


class Assets(StaticFiles):
    """Serves each file in the first of `ENDINGS` that the client accepts and the build has made, or as it is."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        coding = next((coding for coding in self._codings(scope) if self._has(path + ENDINGS[coding])), None)
        response = await super().get_response(path + ENDINGS.get(coding or "", ""), scope)
        response.headers.update({"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"})
        if coding is not None:
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return response

    def _codings(self, scope: Scope) -> Iterator[str]:
        """Yields the codings of ENDINGS that the client accepts; `q=0` refuses one."""
        parts = [part.replace(" ", "") for part in Headers(scope=scope).get("accept-encoding", "").split(",")]
        accepted = {part.partition(";")[0] for part in parts if not part.endswith((";q=0", ";q=0.0"))}
        return (coding for coding in ENDINGS if coding in accepted)

    def _has(self, path: str) -> bool:
        return self.lookup_path(path)[1] is not None
