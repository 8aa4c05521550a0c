"""What a study shows: its means, the gains of a ladder, a learning curve, and paired tests of repeat studies."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend import workers
from backend.db.engine import Database
from backend.studies import findings
from backend.workers import Slot
from tests.support.runs.studies import create, read, runs_of, train

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_ladder_changes_one_thing_a_rung_and_keeps_data_budget_and_seeds(client: TestClient) -> None:
    study = create(client, kind="ladder", recipe="cifar-strided", seeds=[0, 1], epochs=3, train_limit=2000)

    runs = runs_of(client, study)
    assert [(run["study_values"]["seed"], run["study_values"]["rung"]) for run in runs] == [
        (seed, rung) for seed in (0, 1) for rung in range(6)
    ]
    assert {(run["spec"]["epochs"], run["spec"]["dataset"]["train_limit"]) for run in runs} == {(3, 2000)}
    changes = {rung["title"]: rung["changes"] for rung in study["ladder"]}
    assert changes["Strided CNN"] == {}
    assert changes["Dropout"] == {"model.options.flatten_dropout": 0.5, "model.options.dense_dropout": 0.2}
    assert changes["Pooling"]["model.preset"] == "vgg"
    assert changes["Batch norm"] == {"model.options.batch_normalization": True}
    assert changes["Plateau"]["callbacks.reduce_lr.factor"] == 0.5
    assert changes["Augmentation"]["augmentation.horizontal_flip"] is True


def test_a_ladder_of_digits_does_not_mirror_them_and_fits_their_size(client: TestClient) -> None:
    runs = runs_of(client, create(client, kind="ladder", seeds=[0]))

    assert len(runs) == 6
    assert runs[-1]["spec"]["augmentation"]["horizontal_flip"] is False
    assert {run["spec"]["model"]["options"]["padding"] for run in runs} == {"same"}


def test_a_ladder_leaves_the_plateau_out_where_a_schedule_sets_the_rate(client: TestClient) -> None:
    spec = {
        "dataset": {"name": "digits"},
        "model": {"preset": "vgg"},
        "optimizer": {"name": "adam", "schedule": {"name": "cosine"}},
    }
    study = create(client, kind="ladder", recipe=None, spec=spec, seeds=[0])

    assert [rung["title"] for rung in study["ladder"]] == [
        *("Strided CNN", "Dropout", "Pooling", "Batch norm", "Augmentation")
    ]


def test_the_gain_of_a_rung_is_taken_seed_by_seed(client: TestClient, database: Database) -> None:
    study = create(client, kind="ladder", seeds=[0, 1, 2])
    for run in runs_of(client, study):
        rung, seed = run["study_values"]["rung"], run["study_values"]["seed"]
        train(database, run["id"], 0.5 + 0.05 * rung + 0.1 * seed + (0.001 * seed if rung == 1 else 0))

    rungs = read(client, study)["ladder"]
    assert rungs[0]["gain"] is None
    assert rungs[1]["gain"] == pytest.approx(0.051)
    assert rungs[1]["gain_interval"] == pytest.approx(
        [0.051 - 4.3027 * 0.001 / 3**0.5, 0.051 + 4.3027 * 0.001 / 3**0.5]
    )
    assert (rungs[5]["mean"], rungs[5]["n"]) == (pytest.approx(0.85), 3)
    assert rungs[5]["deviation"] == pytest.approx(0.1)


def test_a_learning_curve_tells_what_twice_the_data_would_bring(client: TestClient, database: Database) -> None:
    study = create(client, kind="learning_curve", fractions=[0.1, 0.25, 0.5, 1], seeds=[0, 1])
    runs = runs_of(client, study)
    assert [run["spec"]["dataset"]["train_limit"] for run in runs[:4]] == [144, 360, 719, 1438]
    for run in runs:
        images, seed = run["study_values"]["dataset.train_limit"], run["study_values"]["seed"]
        train(database, run["id"], 0.98 - 2 * images**-0.5 + 0.002 * seed)

    curve = read(client, study)["learning_curve"]
    assert [point["images"] for point in curve["points"]] == [144, 360, 719, 1438]
    assert curve["fit"]["c"] == pytest.approx(-0.5, abs=0.05)
    assert curve["twice"]["images"] == 2876
    assert curve["twice"]["low"] < 0.981 - 2 * 2876**-0.5 < curve["twice"]["high"]


def test_repeat_studies_that_share_seeds_are_compared(client: TestClient, database: Database) -> None:
    studies = [create(client, kind="repeat", seeds=[0, 1, 2], name=name) for name in ("A", "B")]
    for study, values in zip(studies, ([0.8, 0.82, 0.81], [0.83, 0.86, 0.83]), strict=True):
        for run, value in zip(runs_of(client, study), values, strict=True):
            train(database, run["id"], value)

    first, second = (read(client, study) for study in studies)
    assert second["summary"] == [
        {"values": {}, "mean": pytest.approx(0.84), "deviation": pytest.approx(0.0173, abs=1e-4), "n": 3}
    ]
    (pair,) = second["paired"]
    assert (pair["study"], pair["name"], pair["n"], pair["test"]) == (first["id"], "A", 3, "paired-t")
    assert pair["difference"] == pytest.approx(0.03)
    assert pair["p_value"] == pytest.approx(0.0351, abs=1e-3)


def test_studies_of_other_data_do_not_displace_those_that_can_be_compared(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "MAX_COMPARED", 1)
    first, last = (create(client, kind="repeat", seeds=[0, 1]) for _ in range(2))
    other = {**first["spec"], "dataset": {**first["spec"]["dataset"], "test_limit": 100}}
    create(client, kind="repeat", seeds=[0, 1], recipe=None, spec=other)
    for study in (first, last):
        for place, run in enumerate(runs_of(client, study)):
            train(database, run["id"], 0.8 + place / 100)

    assert [pair["study"] for pair in read(client, last)["paired"]] == [first["id"]]


def test_a_check_estimates_the_time_on_the_slots_there_are(client: TestClient, database: Database) -> None:
    slot = {"kind": "cpu", "device": "a processor", "multiplications_per_second": {"float32": 1e10}}
    slots = [Slot.model_validate({**slot, "name": name}) for name in ("cpu-0", "cpu-1")]
    request = {"kind": "repeat", "recipe": "digits-quick", "seeds": [0, 1, 2, 3]}

    ranges = []
    for number in (1, 2):
        with database.write() as session:
            workers.report(session, "train-0@host", "host", slots[:number])
        ranges.append(client.post("/api/studies/check", json=request).json()["seconds_range"])

    (least, most), half = ranges
    assert 0 < least < most
    assert half == pytest.approx([least / 2, most / 2])


def test_a_check_tells_runs_and_errors_before_the_launch(client: TestClient) -> None:
    def check(**request: object) -> dict[str, Any]:
        answer = client.post("/api/studies/check", json={"recipe": "digits-quick", **request})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    good = check(kind="grid", space={"batch_size": [32, 64]}, seeds=[0, 1, 2])
    assert (good["ok"], good["runs"], good["slots"], good["limit"], good["warnings"]) == (True, 6, 1, 500, [])
    bad = check(kind="grid", space={"optimizer.momentum": [0.9]})
    assert (bad["ok"], bad["runs"]) == (False, None)
    assert bad["errors"][0]["loc"] == ["space", "optimizer.momentum"]
    assert client.get("/api/studies").json()["total"] == 0


def test_a_check_of_a_search_whose_first_values_exclude_each_other_has_no_time(client: TestClient) -> None:
    space = {"optimizer.schedule": [None, {"name": "cosine"}], "callbacks.reduce_lr": [None, {"patience": 2}]}
    request = {"kind": "random", "recipe": "digits-quick", "space": space, "runs": 1}

    checks = [client.post("/api/studies/check", json={**request, "seed": seed}).json() for seed in range(8)]

    assert [(check["ok"], check["runs"]) for check in checks] == [(True, 1)] * 8
