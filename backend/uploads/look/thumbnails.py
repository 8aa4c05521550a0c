"""Decodes the few pictures that a look shows, small, within limits of number and time."""

import base64
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from zipfile import ZipFile

from PIL import Image

from backend.datasets.pictures.decode import UndecodableImage, decode
from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry, read_entry
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.types import LabeledImage
from backend.uploads.schemas import Notice

SIDE = 72  # pixels
EACH = 4  # pictures of a class, and of a warning
MAX_PICTURES = 1200  # of all classes: about 3 MB of JSON
MAX_EXAMPLES = 40
MAX_SECONDS = 6.0  # a large photo takes 0.1 s


class Thumbnails:
    """`examples` are data URLs by entry. Pictures are decoded as the options say, at SIDE × SIDE pixels."""

    def __init__(
        self, archive: ZipFile, options: UploadOptions, value_range: tuple[float, float] | None = None
    ) -> None:
        self.examples: dict[str, str] = {}
        self._archive = archive
        self._options = options.model_copy(update={"image_size": SIDE})
        self._value_range = value_range
        self._by_class: dict[str, list[str]] = {}
        self._sizes: list[tuple[int, int]] = []
        self._unreadable: dict[str, str] = {}
        self._with_more_pages: dict[str, None] = {}
        self._end = time.monotonic() + MAX_SECONDS

    def read_examples(self, notices: Sequence[Notice], entries: Mapping[str, Entry]) -> None:
        """Decodes the first examples of each notice that are pictures of the zip."""
        names = [name for notice in notices for name in notice.examples[:EACH] if name in entries]
        for name in names[:MAX_EXAMPLES]:
            if name not in self.examples and (url := self._read(entries[name])):
                self.examples[name] = url

    def read_classes(self, images: Sequence[LabeledImage]) -> None:
        """Decodes pictures evenly chosen from each class: the first of all classes, then the second, and so on."""
        for image in [*_in_turn(images)][:MAX_PICTURES]:
            if url := self._read(image.entry):
                self._by_class.setdefault(image.label, []).append(url)

    def of_class(self, name: str) -> list[str]:
        return self._by_class.get(name, [])

    def originals(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Returns the least and the largest size of the decoded pictures, by their number of pixels."""
        by_area = sorted(self._sizes, key=lambda size: size[0] * size[1])
        return (by_area[0], by_area[-1]) if by_area else None

    def unreadable(self) -> list[Notice]:
        if not self._unreadable:
            return []
        total = len(self._unreadable) + len(self._sizes)
        name, reason = next(iter(self._unreadable.items()))
        text = f"{name}: {reason}. Files that can't be read are left out and named when the images are read."
        title = f"{len(self._unreadable)} of the {total} pictures that were looked at can't be read"
        return [Notice(title=title, text=text, examples=list(self._unreadable))]

    def more_pages(self) -> list[Notice]:
        if not self._with_more_pages:
            return []
        title = f"{len(self._with_more_pages)} of the pictures that were looked at have several pages or frames"
        text = "Only the first one is used. To use the others, export each page as a file."
        return [Notice(title=title, text=text, examples=list(self._with_more_pages))]

    def _read(self, entry: Entry) -> str | None:
        if time.monotonic() > self._end:
            return None
        try:
            file = io.BytesIO(read_entry(self._archive, entry))
            decoded = decode(file, self._options, self._value_range)
        except (UndecodableImage, InvalidZip) as error:
            self._unreadable[entry.name] = str(error)
            return None
        self._sizes.append(decoded.size)
        if decoded.has_more:
            self._with_more_pages[entry.name] = None
        return _data_url(Image.fromarray(decoded.pixels.squeeze()))


def _in_turn(images: Sequence[LabeledImage]) -> Iterator[LabeledImage]:
    by_class: dict[str, list[LabeledImage]] = {}
    for image in images:
        by_class.setdefault(image.label, []).append(image)
    for turn in zip_longest(*map(_evenly, by_class.values())):
        yield from (image for image in turn if image is not None)


def _evenly(images: Sequence[LabeledImage]) -> list[LabeledImage]:
    chosen = min(EACH, len(images))
    return [images[(2 * at + 1) * len(images) // (2 * chosen)] for at in range(chosen)]


def _data_url(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
