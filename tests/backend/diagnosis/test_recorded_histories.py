"""The rules on recorded trainings: silent on good ones, and right about the others."""

from dataclasses import replace

import numpy as np
import pytest

from backend.diagnosis.changes import changed
from backend.diagnosis.diagnose import diagnose
from tests.backend.diagnosis.recorded import Recorded, recorded_histories

HISTORIES = recorded_histories()
GOOD = [history for history in HISTORIES if history.fault is None]
BAD = [history for history in HISTORIES if history.fault is not None]


def kinds(history: Recorded) -> list[str]:
    return [finding.kind for finding in diagnose(history.case)]


def test_good_runs_raise_no_false_alarm() -> None:
    assert len(GOOD) >= 40
    assert {history.title: kinds(history) for history in GOOD if kinds(history)} == {}


def test_good_runs_of_older_versions_raise_no_false_alarm() -> None:
    """Without training metrics in test mode, and without the matrix of the best epoch."""
    alarms = {}
    for history in GOOD:
        series = {name: values for name, values in history.case.series.items() if not name.startswith("train_eval")}
        older = replace(history.case, series=series, matrix=None)
        if found := [finding.kind for finding in diagnose(older)]:
            alarms[history.title] = found
    assert alarms == {}


@pytest.mark.parametrize("epochs", [1, 2, 3, 5, 10, 20])
def test_a_good_run_that_still_trains_raises_no_false_alarm(epochs: int) -> None:
    for history in GOOD:
        series = {name: values[:epochs] for name, values in history.case.series.items()}
        begun = replace(history.case, epochs=history.case.epochs[:epochs], series=series, ended_by=None)
        assert [finding.kind for finding in diagnose(begun)] == [], history.title


@pytest.mark.parametrize("history", BAD, ids=str)
def test_the_fault_is_found(history: Recorded) -> None:
    assert history.fault in kinds(history)


def test_a_bad_run_has_few_other_findings() -> None:
    """Few images are true of any run on digits with many mistakes, and guessing of one that has learnt nothing."""
    always = {"validation_noise", "no_better_than_guessing"}
    others = {history.title: {*kinds(history)} - {history.fault, *always} for history in BAD}
    assert [title for title, found in others.items() if found] == ["digits-quick, 12 epochs of SGD 0.01, seed 0"]


def test_only_runs_at_chance_are_no_better_than_guessing() -> None:
    guessing = [finding for history in BAD for finding in diagnose(history.case) if "guessing" in finding.kind]

    assert guessing
    assert all(finding.evidence["accuracy"] < finding.evidence["baseline"] + 0.02 for finding in guessing)


@pytest.mark.parametrize("history", BAD, ids=str)
def test_each_finding_has_evidence_and_valid_next_runs(history: Recorded) -> None:
    for finding in diagnose(history.case):
        assert finding.since_epoch in history.case.epochs
        assert finding.reasons
        assert np.isfinite(list(finding.evidence.values())).all()
        assert 1 <= len(finding.next) <= 3
        for next_run in finding.next:
            assert changed(history.case.spec, next_run.changes) not in (None, history.case.spec)


def test_the_error_of_a_loss_is_near_the_bootstrap() -> None:
    """On runs that have learned something; near chance all losses are alike, and the error is overestimated."""
    ratios = [
        history.case.val_loss_error(history.case.best_epoch - 1) / history.loss_error
        for history in GOOD
        if history.case.best_epoch and history.loss_error
    ]
    assert len(ratios) == len(GOOD)
    assert min(ratios) > 0.9
    assert max(ratios) < 2.2
