"""The best model of a run as an evaluation uses it: images as they are stored go in, in passes of bounded memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.datasets.pictures.preprocessing import Preprocessing
from backend.datasets.store import ImageRows
from backend.network import Network
from backend.planning.execution_plan import choose_execution
from backend.spec import RunSpec
from worker.evaluations.evaluation_request import EvaluationRequest
from worker.evaluations.output import NotComputable, Progress
from worker.training.inference.prediction import scaling
from worker.training.networks import described

Array = npt.NDArray[np.float32]
Forward = Callable[[npt.NDArray[np.uint8]], list[Array]]


class BestModel:
    """`network` describes the layers and their costs."""

    def __init__(self, request: EvaluationRequest) -> None:
        self.spec = RunSpec.model_validate(request.spec)
        preprocessing = Preprocessing.model_validate(request.preprocessing)
        shape, classes = preprocessing.image_shape, len(preprocessing.classes)
        self.network: Network = described(self.spec.model, shape, classes)
        self.keras_model: keras.Model = keras.saving.load_model(Path(request.best), compile=False)
        self._shape, self._scale = shape, scaling(preprocessing)
        self._images_per_pass = choose_execution(self.spec, self.network).images_per_pass

    def predictor(self) -> Forward:
        """Returns a function from images, uint8 of shape (n, H, W, C), to `[probabilities]`."""
        return self.forward(self.keras_model, [lambda output: output])

    def forward(self, model: keras.Model, last: list[Callable[[Any], Any]]) -> Forward:
        """Returns a function from images to the outputs of `model`, to each of which a function of `last` is applied.

        It computes in passes that take a bounded amount of memory; each output is float32 (n, values).
        It raises NotComputable if one of them is not finite.
        """

        def one_pass(images: tf.Tensor) -> list[tf.Tensor]:
            outputs = model(self._scale(images), training=False)
            outputs = outputs if isinstance(outputs, list) else [outputs]
            return [apply(tf.cast(output, tf.float32)) for apply, output in zip(last, outputs, strict=True)]

        images = tf.TensorSpec((None, *self._shape), tf.uint8)
        compiled = tf.function(one_pass, input_signature=[images], autograph=False)

        def forward(images: npt.NDArray[np.uint8]) -> list[Array]:
            outputs = [output.numpy() for output in compiled(tf.constant(images))]
            if not all(np.isfinite(output).all() for output in outputs):
                raise NotComputable("The network's output is not a finite number for some of the images.")
            return outputs

        return forward

    def outputs(self, forward: Forward, images: ImageRows, progress: Progress) -> list[Array]:
        """Returns the outputs of `forward` for all images."""
        parts = []
        for part in self.parts(len(images)):
            parts.append(forward(images[part]))
            progress(part.stop / len(images))
        return [np.concatenate(output) for output in zip(*parts, strict=True)]

    def parts(self, images: int) -> Iterator[slice]:
        """Returns the images of each pass."""
        for start in range(0, images, self._images_per_pass):
            yield slice(start, min(images, start + self._images_per_pass))
