"""Response types of a look at a zip."""

from pydantic import BaseModel

from backend.datasets.schemas import Skipped
from backend.uploads.schemas import Choice, Notice, Part, TableRead

Pixels = tuple[int, int]


class LayoutRead(BaseModel):
    """What was understood; `description` says it in one sentence."""

    description: str
    parts: list[Part]
    table: TableRead | None


class UploadNotice(Notice):
    """What looks wrong; `examples` are entries of the zip."""


class UploadChoice(Choice):
    """A question that `option` answers, a parameter of the request; `chosen` was taken."""


class ClassLook(BaseModel):
    """`counts` is the number of images by split. `images` are at most four pictures as data URLs."""

    name: str
    counts: dict[str, int]
    images: list[str]


class Look(BaseModel):
    """What would be stored of a zip. Only the pictures shown were decoded; those that can't be read are found later.

    `files` and `bytes` are those of the zip. `originals` is the least and the largest size, width and height, of the
    pictures that were decoded. `pictures` are data URLs of the examples of warnings and choices, by entry. `draws_test`
    says that `test_fraction` of each class is drawn for test, since the zip has no splits.
    """

    layout: LayoutRead
    splits: dict[str, int]
    draws_test: bool
    classes: list[ClassLook]
    left_out: Skipped
    warnings: list[UploadNotice]
    choices: list[UploadChoice]
    files: int
    bytes: int
    originals: tuple[Pixels, Pixels] | None
    pictures: dict[str, str]

    @property
    def images(self) -> int:
        return sum(self.splits.values())


class KeptLook(Look):
    """The look at a zip that is kept for a day under `id`."""

    id: str
