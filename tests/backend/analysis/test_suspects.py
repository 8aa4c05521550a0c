"""Confident learning finds the labels that cleanlab finds, in the same order."""

import time

import numpy as np

from backend.analysis.suspects import find_suspects

# Of cleanlab 2.9: find_label_issues(labels, probabilities, filter_by="confident_learning",
# return_indices_ranked_by="self_confidence") with the arrays of `noisy`.
OF_CLEANLAB = [
    *(231, 130, 10, 178, 36, 52, 243, 297, 17, 184, 228, 170, 203, 209),
    *(284, 273, 299, 85, 108, 16, 33, 61, 281, 274, 99, 47, 187, 275),
]


def noisy(images: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns labels, one in ten of them wrong, and probabilities that favour the true class."""
    draw = np.random.default_rng(3)
    true = draw.integers(0, classes, images)
    is_wrong = draw.random(images) < 0.1
    labels = np.where(is_wrong, (true + draw.integers(1, classes, images)) % classes, true)
    odds = np.exp(draw.normal(size=(images, classes)) + 2.0 * np.eye(classes)[true])
    probabilities = (odds / odds.sum(axis=1, keepdims=True)).round(4)
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
    return labels, probabilities


def test_the_suspects_and_their_order_are_those_of_cleanlab() -> None:
    labels, probabilities = noisy(300, 4)

    found = find_suspects(labels, 4, lambda rows: probabilities[rows])

    assert found.order().tolist() == OF_CLEANLAB


def test_a_suspect_is_confidently_of_the_class_that_is_suggested() -> None:
    probabilities = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0], [0.1, 0.9, 0], [0.95, 0.05, 0], [0.45, 0.55, 0]])
    labels = np.array([0, 0, 1, 1, 0])

    found = find_suspects(labels, 3, lambda rows: probabilities[rows])

    assert found.usual[:2].round(3).tolist() == [0.717, 0.475]
    assert np.isnan(found.usual[2])  # a class without images, which nothing is suspected to be of
    assert found.order().tolist() == [3, 4]
    assert found.suggested[[3, 4]].tolist() == [0, 1]
    assert found.score[[3, 4]].tolist() == [0.05, 0.45]


def test_probabilities_that_are_not_numbers_make_no_suspect() -> None:
    probabilities = np.full((4, 2), np.nan)

    assert find_suspects(np.array([0, 1, 0, 1]), 2, lambda rows: probabilities[rows]).order().tolist() == []


def test_a_hundred_thousand_images_of_a_hundred_classes_are_read_in_blocks() -> None:
    draw = np.random.default_rng(0)
    block = draw.random((40_000, 100), np.float32)
    labels = draw.integers(0, 100, 100_000)
    read: list[int] = []

    def read_rows(rows: slice) -> np.ndarray:
        images = len(labels[rows])
        read.append(images)
        return block[:images]

    began = time.process_time()
    found = find_suspects(labels, 100, read_rows)

    assert max(read) == 40_000
    assert len(found.score) == 100_000
    assert time.process_time() - began < 3


def test_most_of_the_first_suspects_are_labels_that_were_spoilt() -> None:
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    images, true = load_digits(return_X_y=True)
    draw = np.random.default_rng(2026)
    spoilt = draw.choice(len(true), len(true) // 50, replace=False)
    labels = true.copy()
    labels[spoilt] = (labels[spoilt] + draw.integers(1, 10, len(spoilt))) % 10
    model = LogisticRegression(max_iter=300).fit(images[:900] / 16, labels[:900])
    probabilities = model.predict_proba(images[900:] / 16)

    found = find_suspects(labels[900:], 10, lambda rows: probabilities[rows]).order() + 900

    judged = spoilt[spoilt >= 900]
    assert np.isin(found[: len(judged)], judged).mean() >= 0.7
