"""Recognises what a file is by its first bytes, whatever its name says, and tells what to do with one that is no image.

One table of signatures. What Pillow reads from is an image; anything else is named, with the step that makes it one.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEAD_BYTES = 1024  # of a file; TIFF lists its tags there, and a text shows by then whether it is a web page
EXPORT = "export it as PNG or JPEG"
CONVERT = "convert it to 16-bit PNG or TIFF"
FRAMES = "export its frames as PNG or JPEG"
UNPACK = "unpack it, and zip the images themselves"


@dataclass(frozen=True)
class FileKind:
    """`name` completes "it is …", and `step` is what makes an image of it. `is_deep` says that there may be more than
    8 bits per channel."""

    name: str
    step: str = ""
    is_image: bool = False
    is_deep: bool = False

    @property
    def reason(self) -> str:
        """Why the file can't be read as an image, written to follow its name and a colon."""
        return f"it is {self.name}, not an image" + (f"; {self.step}" if self.step else "")


JPEG, PNG = (FileKind(name, is_image=True) for name in ("a JPEG", "a PNG"))
DEEP_PNG = FileKind("a PNG of 16 bits", is_image=True, is_deep=True)
BMP = FileKind("a bitmap (BMP)", is_image=True)
TIFF = FileKind("a TIFF", is_image=True, is_deep=True)
HEIC = FileKind("a HEIC picture", is_image=True)
RAW = FileKind("a camera's raw file", EXPORT)
UNKNOWN = FileKind("a file of an unknown kind")
EMPTY = FileKind("empty", "copy it again")
TEXT = FileKind("text")


def _image(name: str, is_deep: bool = False) -> FileKind:
    return FileKind(name, is_image=True, is_deep=is_deep)


SIGNATURES: tuple[tuple[int, bytes, FileKind], ...] = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF8", _image("a GIF")),
    (0, b"BM", BMP),
    (8, b"WEBP", _image("a WebP")),
    (0, b"\0\0\0\x0cjP  ", _image("a JPEG 2000", is_deep=True)),
    (0, b"\xff\x4f\xff\x51", _image("a JPEG 2000", is_deep=True)),
    (0, b"II*\0", TIFF),
    (0, b"MM\0*", TIFF),
    (0, b"II+\0", TIFF),
    (0, b"MM\0+", TIFF),
    *((0, f"P{number}{space}".encode(), _image("a PPM")) for number in range(1, 7) for space in "\n\r\t "),
    (0, b"IIRO", RAW),
    (0, b"IIU\0", RAW),
    (0, b"FUJIFILMCCD-RAW", RAW),
    (0, b"FOVb", RAW),
    (0, b"\0MRM", RAW),
    (0, b"%PDF", FileKind("a PDF document", "export its pages as PNG or JPEG")),
    (0, b"%!PS", FileKind("a PostScript drawing", EXPORT)),
    (0, b"8BPS", FileKind("a Photoshop document", EXPORT)),
    (0, b"gimp xcf", FileKind("a GIMP document", EXPORT)),
    (0, b"\0\0\1\0", FileKind("an icon (ICO)", EXPORT)),
    (0, b"\xff\x0a", FileKind("a JPEG XL picture", EXPORT)),
    (0, b"\0\0\0\x0cJXL ", FileKind("a JPEG XL picture", EXPORT)),
    (0, b"\x76\x2f\x31\x01", FileKind("an OpenEXR picture", CONVERT)),
    (0, b"#?RADIANCE", FileKind("a Radiance HDR picture", CONVERT)),
    (0, b"DDS ", FileKind("a DirectDraw surface", EXPORT)),
    (128, b"DICM", FileKind("a DICOM file", CONVERT)),
    (0, b"SIMPLE  =", FileKind("a FITS file", CONVERT)),
    (344, b"n+1\0", FileKind("a NIfTI volume", "export its slices as 16-bit PNG")),
    (0, b"\x93NUMPY", FileKind("a NumPy array", "save each image of it as PNG")),
    (0, b"\x89HDF\r\n\x1a\n", FileKind("an HDF5 file", "save each image in it as PNG")),
    (0, b"MATLAB 5.0", FileKind("a MATLAB file", "save each image in it as PNG")),
    (0, b"PAR1", FileKind("a Parquet table", "save each image in it as a file")),
    (0, b"\x80\x04\x95", FileKind("a Python pickle", "save each image in it as PNG")),
    (8, b"AVI ", FileKind("a video (AVI)", FRAMES)),
    (0, b"\x1a\x45\xdf\xa3", FileKind("a video (Matroska or WebM)", FRAMES)),
    (0, b"\0\0\1\xba", FileKind("a video (MPEG)", FRAMES)),
    (0, b"FLV\1", FileKind("a video (Flash)", FRAMES)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", FileKind("a video (Windows Media)", FRAMES)),
    (8, b"WAVE", FileKind("a sound")),
    (0, b"ID3", FileKind("a sound")),
    (0, b"OggS", FileKind("a sound or video")),
    (0, b"PK\3\4", FileKind("a zip, or an Office document", UNPACK)),
    (0, b"Rar!", FileKind("a RAR archive", UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", FileKind("a 7-Zip archive", UNPACK)),
    (0, b"\x1f\x8b", FileKind("a gzip file", UNPACK)),
    (0, b"BZh", FileKind("a bzip2 file", UNPACK)),
    (0, b"\xfd7zXZ\0", FileKind("an xz file", UNPACK)),
    (257, b"ustar", FileKind("a tar archive", UNPACK)),
    (0, b"SQLite format 3", FileKind("a SQLite database")),
    (0, b"\0\5\x16\7", FileKind("what macOS keeps of a file", "leave it out")),
    (0, b"version https://git-lfs", FileKind("a Git LFS pointer", "run git lfs pull, and zip the folder again")),
)

BRANDS: dict[bytes, FileKind] = {
    **dict.fromkeys((b"avif", b"avis"), _image("an AVIF")),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    b"crx ": RAW,
}
"""What the box `ftyp` of an ISO media file says; any other brand is a video."""

XML_KINDS = (
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), FileKind("a drawing (SVG)", EXPORT)),
    (
        re.compile(rb"<!doctype html|<html|<head|<body", re.IGNORECASE),
        FileKind("a web page (HTML)", "download it again"),
    ),
    (re.compile(rb"<annotation>", re.IGNORECASE), FileKind("an annotation (XML)")),
)

CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # no text has these characters
TIFF_DNG_VERSION, TIFF_SUB_IMAGES, TIFF_KIND_OF_IMAGE = 50706, 330, 254
PNG_BIT_DEPTH = 24  # where the header chunk has it


def kind_of(head: bytes) -> FileKind:
    """Returns what a file is by its first HEAD_BYTES."""
    if not head:
        return EMPTY
    if head[4:8] == b"ftyp":
        return BRANDS.get(_brand(head), FileKind("a video (MP4 or MOV)", FRAMES))
    found = next((kind for at, magic, kind in SIGNATURES if head.startswith(magic, at)), None)
    if found is PNG and head[PNG_BIT_DEPTH : PNG_BIT_DEPTH + 1] == b"\x10":
        return DEEP_PNG
    if found is TIFF and _is_raw(head):
        return RAW
    if found is BMP and head[6:10] != bytes(4):
        return _kind_of_text(head)  # a table may begin with BMI or BMW
    return found or _kind_of_text(head)


def _brand(head: bytes) -> bytes:
    """Returns the major brand; of a file whose brand only says "image", the first compatible one that says more."""
    size = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    special = [brand for brand in brands if brand in BRANDS and brand not in (b"mif1", b"msf1")]
    return special[0] if special and brands[0] in BRANDS else brands[0]


def _is_raw(head: bytes) -> bool:
    """True for a TIFF whose first image is the preview of a camera's raw data (DNG, NEF, ARW, CR2 and others)."""
    if head[8:10] == b"CR":
        return True
    tags = dict(_tiff_tags(head))
    return TIFF_DNG_VERSION in tags or (TIFF_SUB_IMAGES in tags and tags.get(TIFF_KIND_OF_IMAGE, 0) & 1 == 1)


def _tiff_tags(head: bytes) -> Iterator[tuple[int, int]]:
    """Yields the tags of the first image with their 32-bit values, as far as they are in the head."""
    order = "<" if head[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", head, 4)
        (count,) = struct.unpack_from(f"{order}H", head, start)
        for place in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHII", head, start + 2 + 12 * place)
            yield tag, value
    except struct.error:
        return


def _kind_of_text(head: bytes) -> FileKind:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.lstrip().startswith(b"<"):
        return next((kind for pattern, kind in XML_KINDS if pattern.search(text)), TEXT)
    return TEXT if not CONTROL.search(head) and _is_utf8(head) else UNKNOWN


def _is_utf8(head: bytes) -> bool:
    """True if the head is UTF-8, its last character cut or not."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3
    return True
