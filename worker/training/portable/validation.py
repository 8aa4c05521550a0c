"""One forward pass over the validation images, and the metrics that are computed from it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import tensorflow as tf


class Validation:
    """Scores a compiled model on images that it is not trained on, each of which counts the same.

    Args:
        model: a compiled model.
        images: uint8, N × H × W × C, or features. They are read pass by pass, so that a memory map stays on disk.
        targets: what the model's loss takes for these images.
        scale: scales a batch of images for the model.
        images_per_pass: images in one forward pass.
    """

    def __init__(
        self,
        model: keras.Model,
        images: np.ndarray,
        targets: tf.Tensor,
        scale: Callable[[tf.Tensor], tf.Tensor],
        images_per_pass: int,
    ) -> None:
        self.model = model
        self.images = images
        self.targets = targets
        self.scale = scale
        self.images_per_pass = images_per_pass
        inputs = tf.TensorSpec([None, *images.shape[1:]], images.dtype)
        outputs = tf.TensorSpec([None, *targets.shape[1:]], targets.dtype)
        self.forward = tf.function(self.forward_pass, input_signature=(inputs, outputs), autograph=False)

    def evaluate(self) -> tuple[float, np.ndarray]:
        """Returns the loss, penalties included, and the probabilities, float32, N × classes.

        Where each operation is limited to one thread, passes that run at the same time fill the processors.
        """
        starts = range(0, len(self.targets), self.images_per_pass)
        parts = [slice(start, start + self.images_per_pass) for start in starts]
        with ThreadPoolExecutor(passes_at_once()) as threads:
            passes = list(threads.map(self.score, parts))
        probabilities = np.concatenate([part.numpy() for part, _ in passes])
        sizes = [len(part) for part, _ in passes]
        return float(np.average([float(loss) for _, loss in passes], weights=sizes)), probabilities

    def score(self, part: slice) -> tuple[tf.Tensor, tf.Tensor]:
        probabilities, loss = self.forward(tf.constant(self.images[part]), self.targets[part])
        return probabilities, loss

    def forward_pass(self, images: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        probabilities = self.model(self.scale(images), training=False)
        return probabilities, self.model.compute_loss(None, targets, probabilities, training=False)


def passes_at_once() -> int:
    """Returns 1 unless TensorFlow is limited to one thread in each operation, but not to one operation at a time."""
    threads = tf.config.threading
    return threads.get_inter_op_parallelism_threads() if threads.get_intra_op_parallelism_threads() == 1 else 1


def macro_f1(labels: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """Returns the mean F1 of the classes that are a label or predicted, as scikit-learn's macro average does."""
    hits = np.bincount(labels[labels == predicted], minlength=classes)
    named = np.bincount(labels, minlength=classes) + np.bincount(predicted, minlength=classes)
    occurs = named > 0
    return float(np.mean(2 * hits[occurs] / named[occurs]))
