"""Class weights are scikit-learn's and Keras' own."""

from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.training import compiling, networks
from worker.training.data.class_weights import class_weights, describe
from worker.training.errors import TrainingError
from worker.training.fit import train

CLASSES = ["dark", "grey", "bright"]


def test_balanced_is_scikit_learns_over_the_labels_that_train() -> None:
    labels = np.array([0] * 12 + [1] * 3 + [2] * 6, np.uint8)

    weights = class_weights("balanced", CLASSES, labels)

    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert weights is not None
    np.testing.assert_allclose(weights, expected, rtol=1e-6)


def test_a_class_without_images_and_one_not_named_count_once() -> None:
    balanced = class_weights("balanced", CLASSES, np.array([0, 0, 0, 2]))
    named = class_weights({"bright": 2.5}, CLASSES, np.array([0]))

    assert balanced is not None
    np.testing.assert_allclose(balanced, [4 / 6, 1, 2], rtol=1e-6)
    assert named is not None
    assert named.tolist() == [1, 1, 2.5]
    assert describe(named, CLASSES) == "Class weights: dark 1, grey 1, bright 2.5"
    assert class_weights(None, CLASSES, np.array([0])) is None


def test_a_weight_for_an_unknown_class_is_an_error() -> None:
    with pytest.raises(TrainingError, match="class_weights has 'red'; the classes are dark, grey, bright"):
        class_weights({"red": 1.0}, CLASSES, np.array([0]))


@KERAS_SAVES_MODELS
@pytest.mark.slow
@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_the_losses_are_those_of_keras_own_class_weight(tmp_path: Path, loss: str) -> None:
    dataset, report = tiny_dataset(tmp_path), Recorded()
    run_spec = spec("tiny", TINY, epochs=2, seed=4, class_weights={"dark": 0.5, "bright": 3.0}, loss={"name": loss})
    train(run_spec, dataset, tmp_path, report)

    keras.utils.set_random_seed(4)
    plain = networks.build(run_spec.model, [8, 8, 1], 3)
    compiling.compile_model(plain, run_spec)
    for epoch in (1, 2):
        order = np.random.default_rng([4, epoch]).permutation(40)
        labels = dataset.labels("train")[order].astype(int)
        plain_targets = labels if loss.startswith("sparse") else np.eye(3, dtype=np.float32)[labels]
        images = dataset.images("train")[order] / np.float32(255)
        weights = {0: 0.5, 2: 3.0}
        history = plain.fit(images, plain_targets, class_weight=weights, shuffle=False, verbose=0).history

        metrics = report.epochs[epoch - 1].metrics
        assert metrics["loss"] == pytest.approx(history["loss"][0], rel=1e-5)
        assert metrics["accuracy"] == pytest.approx(history["accuracy"][0])

    test_labels = dataset.labels("test")
    targets = test_labels if loss.startswith("sparse") else np.eye(3, dtype=np.float32)[test_labels]
    unweighted = plain.evaluate(dataset.images("test") / np.float32(255), targets, verbose=0, return_dict=True)
    assert report.series("val_loss")[-1] == pytest.approx(unweighted["loss"], rel=1e-5)
    assert report.series("val_accuracy")[-1] == pytest.approx(unweighted["accuracy"])
