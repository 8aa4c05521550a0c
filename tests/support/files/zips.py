"""Zips of images, valid and broken ones."""

import base64
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image


def noise(seed: int, width: int = 12, height: int = 10) -> Image.Image:
    """An image of coloured noise, different for each seed."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture(seed: int = 0, kind: str = "PNG") -> bytes:
    return encoded(noise(seed), kind)


def pets(each: int = 10) -> dict[str, bytes]:
    """Two class folders with `each` images."""
    names = [f"{label}/{number}.png" for label in ("cats", "dogs") for number in range(each)]
    return {name: picture(seed) for seed, name in enumerate(names)}


def zipped(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The same bytes at any time of day: entries bear no clock, so they may be compared and parametrized."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content, compression)
    return file.getvalue()


def renamed(entries: Mapping[str, bytes], old: bytes, new: bytes) -> bytes:
    """A zip in which a name is replaced by one of the same length that zip programs do not write."""
    assert len(old) == len(new)
    return zipped(entries).replace(old, new)


def with_link(entries: Mapping[str, bytes]) -> bytes:
    info = zipfile.ZipInfo("cats/link.png")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO(zipped(entries))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def encrypted(entries: Mapping[str, bytes]) -> bytes:
    """A zip whose entries are all flagged as encrypted."""
    content = bytearray(zipped(entries))
    for signature, flags_offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(signature)
        while start >= 0:
            content[start + flags_offset] |= 1
            start = content.find(signature, start + 4)
    return bytes(content)


def overlapping(entries: Mapping[str, bytes]) -> bytes:
    """A zip whose second entry points to the bytes of the first."""
    content = bytearray(zipped(entries))
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


def with_wrong_crc(entries: Mapping[str, bytes], name: str) -> bytes:
    return _with_changed_directory(entries, name, 16, b"\xde\xad\xbe\xef")


def with_wrong_size(entries: Mapping[str, bytes], name: str) -> bytes:
    """A zip that declares a smaller size for one entry."""
    return _with_changed_directory(entries, name, 24, struct.pack("<I", 20))


def _with_changed_directory(entries: Mapping[str, bytes], name: str, offset: int, value: bytes) -> bytes:
    content = bytearray(zipped(entries))
    header = content.rfind(name.encode()) - 46
    assert content[header : header + 4] == b"PK\x01\x02"
    content[header + offset : header + offset + 4] = value
    return bytes(content)


def huge_png() -> bytes:
    """A PNG whose header declares 30,000 × 30,000 pixels; it has no data for them."""
    content = bytearray(encoded(Image.new("L", (1, 1))))
    content[16:24] = struct.pack(">II", 30_000, 30_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


HEIC = (
    "c-muNV30{GsVvAy%}izhg51nBLl8SRGck>UfiWyMwIq=N0u(b+a*CjAhJwuG5(YG&l$nzcHpIn&fe{FSfUycf1Az_@D`#frrGa@MQBfc#l?lqr"
    "C`&d3G5HEIOLE~#u4NV!6#(h&nFY!DK)M2`%$boHBs2l6NbUo}pT9qTFfi~lCjfOwI56@s{{IhBzzkBs3_^0dm>d#;lG;v;jA$|o6dGBlz4Fvt"
    "m&YW<!vPXH0U|gYl7Q;jT^J7*ZBTLmS|gmCpHq~VoKpc5=4D`O01Am@78j&K{pJA00tJ~BnIHjX4i2Dc4C0vuxv<~^h6qa|6Eh2tX_A|g2nsz7"
    "4aW7t4bN5-T>k%0ZA$%LtLN=6pFZ*a|8?1t{tqk4|F0Fi7^MCG(^ESDj7C{d"
)


def heic() -> bytes:
    """A HEIC picture of 64 × 64 pixels, red on the left and blue on the right, which no package here can write."""
    return zlib.decompress(base64.b85decode(HEIC))


def deep_png(values: npt.NDArray[Any]) -> bytes:
    """A PNG of 16 bits per channel, of shape (h, w) or (h, w, channels), which Pillow writes for one channel only."""
    height, width, channels = (*values.shape, 1)[:3]
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
