"""Selecting samples: which ones, in which order, and always the same."""

import numpy as np
import pytest

from backend.analysis.choices import Kind, Order
from backend.analysis.samples import Sample, Selection, samples_at, select
from tests.support.runs.predictions import at_random, by_hand

EXAMPLE = by_hand(
    true=[0, 0, 1, 1, 2, 2],
    predicted=[0, 1, 1, 0, 0, 2],
    confidence=[0.9, 0.5, 0.7, 0.5, 0.8, float("nan")],
)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(kind="misclassified"), {1, 3, 4}),
        (Selection(kind="correct"), {0, 2, 5}),
        (Selection(kind="all"), {0, 1, 2, 3, 4, 5}),
        (Selection(kind="all", true=1), {2, 3}),
        (Selection(kind="misclassified", predicted=0), {3, 4}),
        (Selection(kind="misclassified", true=2, predicted=0), {4}),
        (Selection(kind="correct", true=2, predicted=0), set()),
    ],
)
def test_samples_are_selected_by_kind_and_classes(selection: Selection, expected: set[int]) -> None:
    assert set(select(EXAMPLE, selection).tolist()) == expected


def test_confidence_is_descending_with_ties_by_index_and_nan_last() -> None:
    assert select(EXAMPLE, Selection(kind="all", order="confidence")).tolist() == [0, 4, 2, 1, 3, 5]


def test_a_sample_has_class_names() -> None:
    first, last = samples_at(EXAMPLE, np.array([4, 5]))
    assert first == Sample(4, true="owl", predicted="cat", confidence=0.8, second="owl", second_confidence=0.1001)
    assert (last.confidence, last.second_confidence) == (None, None)


def test_random_is_a_permutation_by_seed() -> None:
    predictions = at_random(samples=500, classes=10)
    orders = [select(predictions, Selection(kind="all", seed=seed)).tolist() for seed in (0, 0, 1)]
    assert sorted(orders[0]) == list(range(500))
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != sorted(orders[0])


def test_a_narrower_selection_keeps_the_order_of_a_wider_one() -> None:
    predictions = at_random(samples=500, classes=10)
    everything = select(predictions, Selection(kind="all", seed=7)).tolist()
    threes = select(predictions, Selection(kind="misclassified", true=3, seed=7)).tolist()
    assert threes == [index for index in everything if index in set(threes)]


@pytest.mark.parametrize("order", ["random", "confidence"])
@pytest.mark.parametrize("kind", ["misclassified", "correct", "all"])
def test_each_selected_sample_comes_once(kind: Kind, order: Order) -> None:
    predictions = at_random(samples=300, classes=5)
    selected = select(predictions, Selection(kind=kind, order=order)).tolist()
    correct = (predictions.true == predictions.predicted).tolist()
    included = {"misclassified": [False], "correct": [True], "all": [False, True]}[kind]
    assert sorted(selected) == [index for index in range(300) if correct[index] in included]
