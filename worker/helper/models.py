"""The models that the helper process keeps in memory, and what its answers have in common."""

import io
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from backend.datasets.pictures.data_url import png_data_url

if TYPE_CHECKING:
    from worker.training.inference.prediction import Models

Response = dict[str, Any]

PNG_LEVEL = 1  # of 9: the usual level takes a second for a megapixel
MODEL_DAMAGED = "The file of this run's best model is damaged: its SHA-256 is not the stored one."
OUTPUT_IS_NAN = "The network's output for this image is not a number, so there is no prediction."


@cache
def models() -> "Models":
    """Returns the models that this process keeps in memory."""
    from worker.training.inference.prediction import Models

    return Models()


def with_model_errors(answer: Callable[[], Response]) -> Response:
    """Returns the answer, or what is wrong with the model; `{"model_replaced": true}` if its file is gone."""
    from worker.training.inference.prediction import ModelDamaged, NotANumber

    try:
        return answer()
    except FileNotFoundError:
        return {"model_replaced": True}
    except ModelDamaged:
        return {"unavailable": MODEL_DAMAGED}
    except NotANumber:
        return {"invalid": OUTPUT_IS_NAN}


def data_url(pixels: npt.NDArray[np.uint8]) -> str:
    """Returns a PNG of uint8 (H, W), or (H, W, C) with grey, grey and alpha, or RGB."""
    file, grey = io.BytesIO(), pixels.ndim == 3 and pixels.shape[2] == 1
    image = Image.fromarray(pixels[:, :, 0] if grey else pixels)
    image.save(file, "PNG", compress_level=PNG_LEVEL)
    return png_data_url(file.getvalue())
