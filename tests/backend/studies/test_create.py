"""A study queues its runs in one transaction, each with its place in the study."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from backend.application import create_app
from backend.db.engine import Database
from backend.lifecycle import leases
from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.runs.run_life import launch
from tests.support.runs.studies import create, runs_of, train
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

GRID = {"optimizer.learning_rate": [0.001, 0.01], "batch_size": [32, 64, 128]}


def test_a_repeat_study_trains_the_spec_once_a_seed(client: TestClient) -> None:
    study = create(client, kind="repeat", seeds=[3, 5], name="Seeds")

    runs = runs_of(client, study)
    assert [run["spec"]["seed"] for run in runs] == [3, 5]
    assert [run["study_values"] for run in runs] == [{"seed": 3}, {"seed": 5}]
    assert [run["name"] for run in runs] == ["Seeds #0", "Seeds #1"]
    assert (study["status"], study["runs"]["total"], study["runs"]["queued"]) == ("running", 2, 2)
    assert client.get(f"/api/studies/{study['id']}").json() == study


def test_a_grid_trains_every_combination_with_every_seed(client: TestClient) -> None:
    study = create(client, kind="grid", space=GRID, seeds=[0, 1])

    runs = runs_of(client, study)
    combinations = {(run["spec"]["optimizer"]["learning_rate"], run["spec"]["batch_size"]) for run in runs}
    assert len(runs) == 12
    assert len(combinations) == 6
    assert [run["spec"]["seed"] for run in runs] == [0] * 6 + [1] * 6
    assert client.get("/api/studies").json()["items"][0]["runs"]["total"] == 12


def test_the_runs_of_a_study_are_written_at_once_and_trained_in_their_order(
    client: TestClient, database: Database
) -> None:
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    create(client, kind="repeat", seeds=[0])
    few = len(statements)
    study = create(client, kind="repeat", seeds=list(range(50)))

    assert len(statements) - few < few + 10
    assert [run["queue_position"] for run in runs_of(client, study)] == list(range(2, 52))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_study_that_starts_from_a_damaged_model_leaves_no_file(
    client: TestClient, database: Database, settings: Settings
) -> None:
    source = launch(client)
    train(database, source, 0.5)
    (settings.data_dir / "b.keras").write_bytes(b"damaged")
    spec = {**client.get(f"/api/runs/{source}").json()["spec"], "init": {"run": source}}

    answer = client.post("/api/studies", json={"kind": "repeat", "spec": spec})

    assert (answer.status_code, "is damaged" in answer.json()["detail"]) == (409, True)
    assert list((settings.data_dir / "runs").iterdir()) == []


def test_runs_of_a_study_yield_to_a_run_that_a_person_launches(client: TestClient, database: Database) -> None:
    study = create(client, kind="repeat", seeds=[0, 1])
    alone = launch(client)

    positions = [run["queue_position"] for run in runs_of(client, study)]
    assert client.get(f"/api/runs/{alone}").json()["queue_position"] == 1
    assert positions == [2, 3]
    with database.write() as session:
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    assert claimed[0].run_id == alone


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service on SQLite for all requests that change nothing."""
    folder = tmp_path_factory.mktemp("refusing")
    settings = Settings(data_dir=folder, redis_url=NO_REDIS, frontend_dir=folder, allowed_hosts=["testserver"])
    create_sqlite(settings)
    app = create_app(settings)
    yield DocumentedClient(app)
    app.state.board.database.engine.dispose()


@pytest.mark.parametrize(
    ("request_", "loc", "part"),
    [
        ({"kind": "grid", "space": {}}, ["space"], "at least 1 item"),
        ({"kind": "grid", "space": {"batch_size": []}}, ["space", "batch_size"], "at least 1 item"),
        ({"kind": "grid", "space": {"batch_size": [32, 32]}}, ["space", "batch_size"], "a value twice"),
        ({"kind": "grid", "space": {"momentum": [0.9]}}, ["space", "momentum"], "there is no such field"),
        (
            {"kind": "grid", "space": {"optimizer.momentum": [0, 0.9]}},
            ["space", "optimizer.momentum"],
            'where optimizer.name is "adam": there is no such field; allowed here: ',
        ),
        ({"kind": "grid", "space": {"batch_size": [32, 0]}}, ["space", "batch_size"], "must be at least 1; you gave 0"),
        (
            {"kind": "grid", "space": {"optimizer": [{"name": "sgd"}], "optimizer.learning_rate": [0.1]}},
            ["space", "optimizer.learning_rate"],
            "optimizer sets this field as well",
        ),
        ({"kind": "grid", "space": {"seed": [1, 2]}}, ["space", "seed"], "the seed is not searched"),
        ({"kind": "repeat", "seeds": [1, 1]}, ["seeds"], "a seed twice"),
        (
            {"kind": "tpe", "space": {"optimizer.learning_rate": {"low": 0.1, "high": 0.01}}},
            ["space", "optimizer.learning_rate", "low"],
            "must be less than high, which is 0.01; you gave 0.1",
        ),
        (
            {"kind": "random", "space": {"optimizer.learning_rate": {"low": 0, "high": 1, "log": True}}},
            ["space", "optimizer.learning_rate", "low"],
            "more than 0 on a logarithmic scale",
        ),
        (
            {"kind": "tpe", "space": {"batch_size": {"low": 16, "high": 64, "step": 0.5}}},
            ["space", "batch_size", "step"],
            "batch_size takes whole numbers, so its step must be one, too; you gave 0.5",
        ),
        (
            {"kind": "random", "space": {"batch_size": {"low": 32, "high": 100_000}}},
            ["space", "batch_size"],
            "batch_size can't be 100000.0: must be at most 65536",
        ),
        (
            {
                "kind": "tpe",
                "space": {"optimizer.name": ["adam", "sgd"], "optimizer.momentum": {"low": 0, "high": 0.9}},
            },
            ["space", "optimizer.momentum"],
            'where optimizer.name is "adam": there is no such field',
        ),
        ({"kind": "tpe", "space": {"batch_size": [16, 32]}, "runs": 501}, ["runs"], "501 runs; at most 500"),
        (
            {
                "kind": "random",
                "space": {"batch_size": [*range(1, 501)], "epochs": [*range(1, 501)], "optimizer.clipnorm": [1]},
            },
            ["space"],
            "lists 1,001 values in all; at most 1,000 are allowed; give ranges instead",
        ),
        ({"kind": "learning_curve", "fractions": [0.5, 0.50001]}, ["fractions"], "the same number of images"),
        (
            {"kind": "grid", "space": {"model.options.padding": ["same", "valid"], "model.options.filters": [[8] * 5]}},
            ["space", "model.options.filters"],
            "convolution",
        ),
        (
            {"kind": "grid", "space": {"batch_size": [*range(1, 101)], "epochs": [*range(1, 101)]}},
            [],
            "10,000 runs; at most 500",
        ),
        ({"kind": "repeat", "spec": None, "recipe": None}, ["spec"], "give either a spec or the name of a recipe"),
        ({"kind": "bayes"}, ["kind"], "must be one of"),
    ],
)
def test_a_bad_space_is_refused_at_its_place(
    refusing: TestClient, request_: dict[str, Any], loc: list[Any], part: str
) -> None:
    answer = refusing.post("/api/studies", json={"recipe": "digits-quick", **request_})

    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert error["loc"] == loc, error
    assert part in error["msg"]
    assert refusing.get("/api/runs").json()["total"] == 0


def test_a_change_of_the_optimizer_leaves_out_what_it_does_not_have(client: TestClient) -> None:
    spec = {
        "dataset": {"name": "digits"},
        "model": {"preset": "strided_cnn", "options": {"filters": [8]}},
        "optimizer": {"name": "sgd", "momentum": 0.9, "clipnorm": 1.0},
    }
    study = create(client, kind="grid", recipe=None, spec=spec, space={"optimizer.name": ["sgd", "adam"]})

    sgd, adam = (run["spec"]["optimizer"] for run in runs_of(client, study))
    assert (sgd["momentum"], sgd["clipnorm"]) == (0.9, 1.0)
    assert "momentum" not in adam
    assert (adam["clipnorm"], adam["learning_rate"]) == (1.0, 0.001)


def test_a_part_that_the_spec_leaves_out_can_be_varied(client: TestClient) -> None:
    study = create(client, kind="grid", space={"callbacks.early_stopping.patience": [2, 4]})

    patience = [run["spec"]["callbacks"]["early_stopping"]["patience"] for run in runs_of(client, study)]
    assert patience == [2, 4]
