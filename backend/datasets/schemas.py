"""Request and response types of the dataset routes, and the options of an upload."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.datasets.contradictions import Contradictions
from backend.requests import LINE_PATTERN, Line

DatasetStatus = Literal["missing", "preparing", "ready", "failed"]
Fit = Literal["crop", "pad", "stretch"]
Color = Literal["rgb", "grayscale"]
ClassLevels = Literal["all", "last", "first"]
NameEncoding = Literal[
    "cp932", "cp949", "gb18030", "big5", "euc_jp", "cp1252", "cp850", "cp437", "cp1250", "cp852", "cp1254", "cp1251",
    "cp866", "cp1253",
]  # fmt: skip
LabelsFrom = Literal["folders", "names", "table"]
Disagreements = Literal["folders", "table", "leave_out"]
MAX_ROLES = 64  # an address has at most 64 KiB


def _roles(*roles: str) -> Any:
    """Returns a field for NAME:ROLE."""
    pattern = f"{LINE_PATTERN.removesuffix('*$')}+:({'|'.join(roles)})$"
    return Field(pattern=pattern, max_length=256, json_schema_extra={"pattern": pattern})


FolderRole = Annotated[Line, _roles("train", "validation", "test", "left_out")]
ColumnRole = Annotated[Line, _roles("image", "class", "split", "slices", "ignored")]


class ImageOptions(BaseModel):
    """How an image of any size and mode is decoded (`backend.datasets.pictures.decode`)."""

    model_config = ConfigDict(extra="forbid")

    image_size: int = Field(32, title="Image size", description="side in pixels", ge=8, le=512)
    fit: Fit = Field(
        "crop",
        title="Fit",
        description="crop: cut out the centre; pad: add black bars; stretch: change the aspect ratio",
    )
    color: Color = Field("rgb", title="Color", description="channels that images are converted to")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of a decoded image."""
        return (self.image_size, self.image_size, 1 if self.color == "grayscale" else 3)


class UploadOptions(ImageOptions):
    test_fraction: float = Field(
        0.2, title="Share for test", description="unused when the zip has a folder test", ge=0.01, le=0.9
    )
    folder: list[FolderRole] | None = Field(
        None,
        title="Folders",
        description="what a top folder is used as, such as `valid:test`: train, validation, test or left_out",
        max_length=MAX_ROLES,
    )
    keep_original: bool = Field(
        True,
        title="Keep the zip",
        description="keep the zip beside the images, so that a version can have another size, fit or color",
    )
    labels_from: LabelsFrom | None = Field(
        None, title="Classes from", description="where the class of an image is read from: folders, names or a table"
    )
    class_levels: ClassLevels | None = Field(
        None,
        title="Class of nested folders",
        description="of animal/cat/1.jpg; all: animal/cat, last: cat, first: animal",
    )
    table: Line | None = Field(
        None, title="Table", description="the table to read, where there are several", max_length=512
    )
    column: list[ColumnRole] | None = Field(
        None,
        title="Columns",
        description="what a column of the table is, such as `species:class`: image, class, split, slices or ignored",
        max_length=MAX_ROLES,
    )
    disagreements: Disagreements | None = Field(
        None, title="Disagreements", description="what says the class of an image whose folder and table differ"
    )
    name_encoding: NameEncoding | None = Field(
        None, title="Encoding of names", description="where the zip doesn't say it: a codec of Python, such as cp949"
    )
    contradictions: Contradictions | None = Field(
        None,
        title="One picture in several classes",
        description="leave_out: none of its files; first: only those of its first class; keep: all. Without it, equal "
        "files are left out, and files that are equal only when they are decoded are kept",
    )
    value_range: Literal["own", "full"] | None = Field(
        None,
        title="Values of more than 8 bits",
        description="own: the range that the images use becomes black to white (the default); full: all 16 bits do",
    )


class UploadQuery(UploadOptions):
    name: Line | None = Field(
        None, title="Name", description="a new name; needed unless `dry_run`", min_length=1, max_length=64
    )
    upload: str | None = Field(
        None, description="id of a zip that `POST /api/uploads` keeps, in place of a body", max_length=64
    )
    dry_run: bool = Field(False, description="respond what would be stored of the zip (200), and keep nothing")


class DatasetProgress(BaseModel):
    """Bytes while files are fetched, images while they are read; `total` is null while it is unknown."""

    done: int
    total: int | None
    unit: Literal["bytes", "images"]
    text: str


class SkippedEntry(BaseModel):
    entry: str
    reason: str


class Skipped(BaseModel):
    """Files of an upload that are not in the dataset; `items` lists the first of `count`."""

    count: int = 0
    items: list[SkippedEntry] = []


class Notice(BaseModel):
    """What looks wrong with an upload; `examples` are names of entries."""

    title: str
    text: str
    examples: list[str] = []


class ContradictionsRead(BaseModel):
    """Pictures that an upload had in several classes: `settled` were left out, all or all but those of the first class,
    and `kept` are in the dataset under several labels."""

    settled: int
    handled: Contradictions
    kept: int


class DerivedRead(BaseModel):
    """What a version is made of: dataset `of`, how many images were relabelled or left out of it, and `images`: how all
    of them were decoded again, or null.
    """

    of: str
    relabelled: int
    left_out: int
    renamed: dict[str, str]
    merged: dict[str, str]
    classes_left_out: list[str] = []
    images: ImageOptions | None = None


class DatasetState(BaseModel):
    """What a dataset that is being prepared changes."""

    name: str
    status: DatasetStatus
    error: str | None
    progress: DatasetProgress | None


class DatasetRead(BaseModel):
    """`counts` has the number of images by split and class, in the order of `classes`.

    `cached` says that preparing a built-in dataset downloads nothing: the machine of each worker has its files.
    `download_bytes` is their size; null where a dataset has no files to download.
    `original_bytes` is the size of the zip that was uploaded, kept with version 1; null where none is kept.
    `disk_bytes` is what deleting the dataset would free: its images, of version 1 that zip, and `feature_bytes`: what
    frozen backbones made of the images, which can be deleted alone.
    `fit`, `image_size` and `color` are null and `duplicates` is 0 for built-in datasets. `duplicates` counts images
    that equal another one of their class. The values of `value_range` became black and white in images of more than 8
    bits; it is null where there are none. `base` is the name of version 1, and `derived` what a later version is made
    of.
    """

    name: str
    origin: Literal["built_in", "upload", "version"]
    base: str
    version: int = 1
    status: DatasetStatus
    cached: bool = False
    download_bytes: int | None = None
    error: str | None = None
    progress: DatasetProgress | None = None
    classes: list[str] | None = None
    image_shape: list[int] | None = None
    counts: dict[str, list[int]] | None = None
    content_hash: str | None = None
    fit: Fit | None = None
    image_size: int | None = None
    color: Color | None = None
    value_range: list[float] | None = None
    original_bytes: int | None = None
    disk_bytes: int | None = None
    feature_bytes: int = 0
    duplicates: int = 0
    contradictions: ContradictionsRead | None = None
    notices: list[Notice] = []
    skipped: Skipped = Skipped()
    derived: DerivedRead | None = None
