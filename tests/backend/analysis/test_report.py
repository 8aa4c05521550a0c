"""The report: an example by hand, and against scikit-learn's classification_report."""

import time
from collections.abc import Callable

import pytest
from sklearn.metrics import accuracy_score, classification_report

from backend.analysis.confusion import matrix
from backend.analysis.heatmap import heatmap
from backend.analysis.predictions import Predictions
from backend.analysis.report import Scores, report
from backend.analysis.samples import Selection, select
from tests.support.runs.predictions import at_random, by_hand


def test_a_report_of_an_example() -> None:
    result = report(by_hand(true=[0, 0, 0, 1], predicted=[0, 0, 1, 1]))
    cat, dog, owl = result.classes
    assert (result.accuracy, result.baseline_accuracy) == (0.75, 0.75)
    assert (cat.name, cat.precision, cat.support) == ("cat", 1.0, 3)
    assert cat.recall == pytest.approx(2 / 3)
    assert cat.f1 == pytest.approx(0.8)
    assert (dog.name, dog.precision, dog.recall, dog.support) == ("dog", 0.5, 1.0, 1)
    assert dog.f1 == pytest.approx(2 / 3)
    assert (owl.name, owl.precision, owl.recall, owl.f1, owl.support) == ("owl", 0.0, 0.0, 0.0, 0)
    assert result.weighted.f1 == pytest.approx((3 * 0.8 + 2 / 3) / 4)
    assert result.macro.f1 == pytest.approx((0.8 + 2 / 3) / 2), "there is no owl, and none was predicted"


def test_the_baseline_predicts_the_most_common_true_class() -> None:
    result = report(by_hand(true=[2, 2, 1], predicted=[0, 0, 0]))
    assert result.accuracy == 0.0
    assert result.baseline_accuracy == pytest.approx(2 / 3)


@pytest.mark.parametrize(("samples", "classes"), [(1, 2), (30, 10), (500, 10), (150, 100)])
def test_every_number_equals_scikit_learns(samples: int, classes: int) -> None:
    predictions = at_random(samples, classes, seed=samples)
    expected = classification_report(predictions.true, predictions.predicted, output_dict=True, zero_division=0)
    result = report(predictions)
    absent = {"precision": 0.0, "recall": 0.0, "f1-score": 0.0, "support": 0}
    for label, scores in enumerate(result.classes):
        assert as_scikit_learn(scores) == pytest.approx(expected.get(str(label), absent))
    assert as_scikit_learn(result.macro) == pytest.approx(expected["macro avg"])
    assert as_scikit_learn(result.weighted) == pytest.approx(expected["weighted avg"])
    assert result.accuracy == pytest.approx(accuracy_score(predictions.true, predictions.predicted))


def as_scikit_learn(scores: Scores) -> dict[str, float]:
    return {
        "precision": scores.precision,
        "recall": scores.recall,
        "f1-score": scores.f1,
        "support": scores.support,
    }


@pytest.mark.parametrize(
    "analyse",
    [
        matrix,
        report,
        lambda predictions: select(predictions, Selection(kind="all")),
        lambda predictions: heatmap(matrix(predictions), predictions.classes),
    ],
    ids=["matrix", "report", "samples", "figure"],
)
def test_100_classes_and_10_000_samples_take_less_than_100_ms(
    analyse: Callable[[Predictions], object],
) -> None:
    predictions = at_random(samples=10_000, classes=100)
    analyse(predictions)  # the first call also imports
    assert min(seconds(analyse, predictions) for _ in range(10)) < 0.1


def seconds(analyse: Callable[[Predictions], object], predictions: Predictions) -> float:
    """Returns processor time: other tests use the processors, too."""
    start = time.process_time()
    analyse(predictions)
    return time.process_time() - start
