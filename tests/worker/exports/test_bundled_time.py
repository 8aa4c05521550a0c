"""A bundle's predict.py times one prediction so that other programs of the machine lengthen it least."""

import importlib.util
import sys
import time
from types import ModuleType

import pytest

from backend.datasets.pictures import decode
from worker.exports.bundle import PREDICT_SCRIPT

pytestmark = pytest.mark.slow  # the script imports Keras


@pytest.fixture
def predict(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, which finds `decode` beside itself in a bundle."""
    monkeypatch.setitem(sys.modules, "decode", decode)
    found = importlib.util.spec_from_file_location("bundled_predict", PREDICT_SCRIPT)
    assert found is not None
    assert found.loader is not None
    script = importlib.util.module_from_spec(found)
    found.loader.exec_module(script)
    return script


class Machine:
    """A clock and a model: a prediction takes 3 ms while another program runs, 1 ms after that, and 500 ms at first."""

    def __init__(self) -> None:
        self.now, self.predictions = 0.0, 0

    def predict_on_batch(self, _image: object) -> None:
        self.predictions += 1
        self.now += 0.5 if self.predictions == 1 else 0.003 if self.predictions < 200 else 0.001


def test_the_time_of_a_prediction_is_the_shortest_of_a_second(
    predict: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    monkeypatch.setattr(time, "perf_counter", lambda: machine.now)

    milliseconds = predict.milliseconds(machine, None)

    assert milliseconds == pytest.approx(1.0)
    assert machine.now == pytest.approx(1.5, abs=0.01)
