"""Arranges small images in one PNG."""

import base64
import io
import math
from collections.abc import Sequence

from PIL import Image

GAP = 1  # transparent pixels between two tiles
MIN_SIDE = 24  # pixels of a tile: smaller ones are enlarged by whole numbers


def decode(data_url: str) -> bytes:
    """Returns the PNG of a data URL."""
    return base64.b64decode(data_url.partition(",")[2])


def mosaic(data_urls: Sequence[str]) -> bytes:
    """Returns a PNG with the images in rows, as many rows as columns, in their order."""
    tiles = [_enlarged(Image.open(io.BytesIO(decode(url)))) for url in data_urls]
    columns = math.ceil(math.sqrt(len(tiles)))
    width, height = tiles[0].width + GAP, tiles[0].height + GAP
    sheet = Image.new("RGBA", (columns * width - GAP, math.ceil(len(tiles) / columns) * height - GAP))
    for at, tile in enumerate(tiles):
        sheet.paste(tile, (at % columns * width, at // columns * height))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _enlarged(tile: Image.Image) -> Image.Image:
    factor = max(1, math.ceil(MIN_SIDE / min(tile.size)))
    return tile.resize((tile.width * factor, tile.height * factor), Image.Resampling.NEAREST)
