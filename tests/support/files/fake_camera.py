"""A video for Chromium's fake camera: a red mug and a green bottle in turn, which move a little."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT, FRAMES_PER_SECOND = 320, 240, 10
FRAMES_EACH = 40

Draw = Callable[[ImageDraw.ImageDraw, float, float], None]


def write_video(path: Path) -> Path:
    """Writes a Y4M file, which Chromium plays over and over (`--use-file-for-fake-video-capture`)."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for draw in (draw_mug, draw_bottle):
            for number in range(FRAMES_EACH):
                file.write(b"FRAME\n" + planes(scene(draw, number)))
    return path


def scene(draw: Draw, number: int) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), "#7f8a93")
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 165, WIDTH, HEIGHT), fill="#a98a63")
    draw(canvas, 160 + 30 * np.sin(number / 4), 120 + 8 * np.cos(number / 3))
    return image


def draw_mug(canvas: ImageDraw.ImageDraw, x: float, y: float) -> None:
    canvas.ellipse((x + 25, y - 25, x + 70, y + 30), outline="#c8553d", width=10)
    canvas.rounded_rectangle((x - 45, y - 50, x + 45, y + 60), 12, fill="#c8553d")


def draw_bottle(canvas: ImageDraw.ImageDraw, x: float, y: float) -> None:
    canvas.rectangle((x - 12, y - 105, x + 12, y - 40), fill="#2f7d5b")
    canvas.rounded_rectangle((x - 32, y - 60, x + 32, y + 90), 16, fill="#2f7d5b")


def planes(image: Image.Image) -> bytes:
    """Returns the frame as Y, then Cb and Cr at half the size."""
    y, cb, cr = image.convert("YCbCr").split()
    half = (WIDTH // 2, HEIGHT // 2)
    return b"".join(plane.tobytes() for plane in (y, cb.resize(half), cr.resize(half)))
