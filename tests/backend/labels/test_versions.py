"""Versions of a dataset: made from changes, named by specs, and what old runs score on them."""

from typing import Any

import numpy as np
import pytest

from backend.datasets import registry, versions
from backend.datasets.schemas import UploadOptions
from backend.datasets.store import StoredDataset
from backend.db.models import Dataset, Run
from backend.settings import Settings
from backend.uploads import new_dataset
from tests.conftest import NO_REDIS
from tests.support.files.zips import pets, zipped
from tests.support.runs.compared import SPEC, ComparedBoard
from tests.support.runs.judged import judging_run
from worker.datasets.preparing import prepare_dataset
from worker.datasets.uploads import read_upload
from worker.datasets.versions import write_version

LABELS = [0, 0, 1, 1, 2, 2]
CLASSES = ("boot", "bag", "coat")


def make(board: ComparedBoard, name: str, **derivation: Any) -> StoredDataset:
    """Makes the next version of a dataset, as a request and a jobs worker do, and opens it."""
    version = requested(board, name, **derivation)
    folder = f"datasets/{version}"
    with board.database.write() as session:
        row, parent = session.get_one(Dataset, version), session.get_one(Dataset, name)
        changes, source = row.derivation or {}, board.data_dir / str(parent.folder)
    manifest = write_version(source, version, changes, board.data_dir / folder, lambda _update: None)
    with board.database.write() as session:
        registry.mark_ready(session.get_one(Dataset, version), folder, manifest.as_json())
    return open_stored(board, version)


def requested(board: ComparedBoard, name: str, **derivation: Any) -> str:
    response = board.client.post(f"/api/datasets/{name}/versions", json=derivation)
    assert response.status_code == 202, response.text
    return str(response.json()["name"])


def open_stored(board: ComparedBoard, name: str) -> StoredDataset:
    with board.database.read() as session:
        row = session.get_one(Dataset, name)
        assert row.status == "ready", row.error
        return StoredDataset.open(board.data_dir / str(row.folder))


def refused(board: ComparedBoard, name: str, status: int, **derivation: Any) -> str:
    response = board.client.post(f"/api/datasets/{name}/versions", json=derivation)
    assert response.status_code == status, response.text
    return str(response.json()["detail"])


def launch(board: ComparedBoard, name: str, **body: Any) -> dict[str, Any]:
    spec = {**SPEC, "dataset": {"name": name}}
    response = board.client.post("/api/runs", json={"spec": spec, **body})
    assert response.status_code == 201, response.text
    run: dict[str, Any] = response.json()
    return run


def relabel(index: int, name: str, split: str = "test") -> dict[str, Any]:
    return {"split": split, "index": index, "do": "relabel", "class": name}


def leave_out(index: int, split: str = "test") -> dict[str, Any]:
    return {"split": split, "index": index, "do": "leave_out"}


def test_a_version_has_the_changes_and_the_first_one_stays(board: ComparedBoard) -> None:
    board.dataset("shoes", LABELS, CLASSES)

    second = make(board, "shoes", changes=[relabel(0, "bag"), leave_out(1), leave_out(5, "train")])

    assert second.labels("test").tolist() == [1, 1, 1, 2, 2]
    assert second.labels("train").tolist() == [0, 0, 1, 1, 2]
    assert open_stored(board, "shoes").labels("test").tolist() == LABELS
    read = board.get("/api/datasets/shoes@2")
    assert (read["base"], read["version"], read["origin"], read["status"]) == ("shoes", 2, "version", "ready")
    assert (read["derived"]["of"], read["derived"]["relabelled"], read["derived"]["left_out"]) == ("shoes", 1, 2)


def test_classes_are_merged_and_renamed(board: ComparedBoard) -> None:
    board.dataset("bags", LABELS, CLASSES)

    second = make(board, "bags", merge={"bag": "coat"}, rename={"coat": "<b>=other</b>"}, changes=[relabel(0, "bag")])

    assert second.manifest.classes == ["boot", "<b>=other</b>"]
    assert second.labels("test").tolist() == [1, 0, 1, 1, 1, 1]


def test_a_class_is_left_out_with_its_images_and_old_runs_are_scored_on_the_rest(board: ComparedBoard) -> None:
    board.dataset("pens", LABELS, CLASSES)
    run_id = judging_run(board, [0, 2, 1, 1, 2, 0], dataset={"name": "pens"}, name="old")

    second = make(board, "pens", leave_out=["boot"], rename={"bag": "Bag"}, changes=[relabel(0, "bag")])

    assert second.manifest.classes == ["Bag", "coat"]
    assert second.labels("test").tolist() == [0, 0, 0, 1, 1]
    derived = board.get("/api/datasets/pens@2")["derived"]
    assert (derived["classes_left_out"], derived["left_out"]) == (["boot"], 3)
    (score,) = board.get("/api/datasets/pens@2/corrected-scores")["items"]
    assert (score["id"], score["before"]["accuracy"]) == (run_id, 4 / 6)
    assert score["after"]["accuracy"] == 3 / 5
    third = make(board, "pens@2", rename={"Bag": "purse"})
    assert third.manifest.derived is not None
    assert third.manifest.derived["class_of"] == {"boot": None, "bag": "purse", "coat": "coat"}


def test_classes_that_can_not_be_left_out_are_refused(board: ComparedBoard) -> None:
    board.dataset("cups", LABELS, CLASSES)
    twice = '"boot" is left out, and merged or renamed as well'

    assert 'no class "shoe"; the classes are boot, bag, coat' in refused(board, "cups", 422, leave_out=["shoe"])
    assert "At least two classes must remain" in refused(board, "cups", 422, leave_out=["boot", "bag"])
    assert twice in refused(board, "cups", 422, leave_out=["boot"], merge={"bag": "boot"})
    assert twice in refused(board, "cups", 422, leave_out=["boot"], rename={"boot": "shoe"})
    assert "rename, merge or leave out" in refused(board, "cups", 422)


def test_a_spec_names_a_version_or_gets_the_newest_and_a_clone_keeps_its_own(board: ComparedBoard) -> None:
    board.dataset("hats", LABELS, CLASSES)
    before = launch(board, "hats")
    make(board, "hats", changes=[relabel(0, "bag")])
    make(board, "hats@2", changes=[relabel(1, "bag")])

    datasets = [launch(board, name)["spec"]["dataset"]["name"] for name in ("hats", "hats@1", "hats@2", "hats@3")]
    clone = launch(board, "hats", cloned_from=before["id"])
    moved = launch(board, "hats@3", cloned_from=before["id"])

    assert before["spec"]["dataset"]["name"] == "hats"
    assert datasets == ["hats@3", "hats", "hats@2", "hats@3"]
    assert (clone["spec"]["dataset"]["name"], moved["spec"]["dataset"]["name"]) == ("hats", "hats@3")
    check = board.client.post("/api/specs/check", json={**SPEC, "dataset": {"name": "hats@4"}}).json()
    assert check["errors"][0]["msg"].startswith("there is no dataset 'hats@4'")
    assert [item["name"] for item in board.get("/api/datasets")["items"] if item["base"] == "hats"] == [
        *("hats", "hats@2", "hats@3")
    ]


def test_old_runs_are_scored_on_the_labels_of_another_version(board: ComparedBoard) -> None:
    board.dataset("caps", LABELS, CLASSES)
    run_id = judging_run(board, [1, 0, 1, 1, 2, 0], dataset={"name": "caps"}, name="old")
    make(board, "caps", changes=[relabel(0, "bag"), leave_out(5)])
    make(board, "caps@2", changes=[leave_out(0)], rename={"bag": "purse"})

    on_second, on_third = (board.get(f"/api/datasets/caps@{number}/corrected-scores") for number in (2, 3))

    assert [(score["id"], score["before"]["accuracy"]) for score in on_second["items"]] == [(run_id, 4 / 6)]
    assert (on_second["items"][0]["after"]["accuracy"], on_second["items"][0]["after"]["images"]) == (1.0, 5)
    assert (on_third["items"][0]["after"]["accuracy"], on_third["items"][0]["after"]["images"]) == (1.0, 4)
    back = judging_run(board, [1, 0, 1, 1, 2], dataset={"name": "caps@2"}, name="new")
    on_first = board.get("/api/datasets/caps/corrected-scores", runs=back)["items"][0]
    assert (on_first["before"]["accuracy"], on_first["after"]["accuracy"]) == (1.0, 0.8)


def test_decisions_are_previewed_before_they_become_a_version(board: ComparedBoard) -> None:
    board.dataset("gloves", LABELS, CLASSES)
    run_id = judging_run(board, [1, 0, 1, 1, 2, 0], dataset={"name": "gloves"})
    decisions = [relabel(0, "bag"), leave_out(5), {"split": "test", "index": 2, "do": "keep"}]
    board.client.put("/api/datasets/gloves/label-decisions", json={"decisions": decisions})

    found = board.get("/api/datasets/gloves/corrections", runs=run_id)

    assert (found["relabelled"], found["left_out"], found["kept"]) == (1, 1, 1)
    assert [(count["before"], count["after"]) for count in found["counts"]["test"]] == [(2, 1), (2, 3), (2, 1)]
    score = found["scores"]["items"][0]
    assert (score["before"]["images"], score["after"]["accuracy"], score["after"]["images"]) == (6, 1.0, 5)
    make(board, "gloves", changes=decisions[:2])
    kept = board.get("/api/datasets/gloves@2/label-decisions")["items"]
    assert [(item["index"], item["do"]) for item in kept] == [(2, "keep")]  # the decision is not requested again


def test_relabelling_while_a_run_trains_leaves_its_dataset_alone(board: ComparedBoard) -> None:
    board.dataset("scarves", LABELS, CLASSES)
    run = launch(board, "scarves")
    with board.database.write() as session:
        session.get_one(Run, run["id"]).status = "running"

    make(board, "scarves", changes=[relabel(0, "bag")])

    assert board.client.delete("/api/datasets/scarves").status_code == 409
    assert open_stored(board, "scarves").labels("test").tolist() == LABELS
    assert board.get(f"/api/runs/{run['id']}")["spec"]["dataset"]["name"] == "scarves"


def test_a_dataset_with_versions_is_deleted_last_and_no_number_is_used_twice(board: ComparedBoard) -> None:
    board.dataset("socks", LABELS, CLASSES)
    make(board, "socks", changes=[relabel(0, "bag")])
    launch(board, "socks@2")
    with board.database.write() as session:
        session.query(Run).filter(Run.dataset == "socks@2").update({"status": "finished"})

    refused_delete = board.client.delete("/api/datasets/socks")
    assert (
        refused_delete.json()["detail"] == "Dataset 'socks' has versions, which are made of it; delete socks@2 first."
    )
    assert board.client.delete("/api/datasets/socks@2").status_code == 204
    make(board, "socks", changes=[relabel(1, "bag")])
    with board.database.read() as session:
        assert versions.versions(session, "socks") == ["socks@3"]


def test_what_makes_no_version_is_refused_with_the_reason(board: ComparedBoard) -> None:
    board.dataset("coats", LABELS, CLASSES)

    assert refused(board, "coats", 422).startswith("Give at least one change")
    absent = {"split": "validation", "index": 0, "do": "leave_out"}
    assert "coats has no validation images, only train, test" in refused(board, "coats", 422, changes=[absent]).lower()
    assert "test has the images 0 to 5; you gave 6" in refused(board, "coats", 422, changes=[leave_out(6)]).lower()
    assert (
        refused(board, "coats", 422, changes=[leave_out(1), leave_out(1)])
        == "Image 1 is changed twice; change it once."
    )
    assert "There is no class" in refused(board, "coats", 422, changes=[relabel(0, "shoe")])
    all_left_out = refused(board, "coats", 422, changes=[leave_out(index) for index in range(6)])
    assert all_left_out == "All images of test would be left out; keep at least one."
    assert "merge them, or choose another" in refused(board, "coats", 422, rename={"bag": "coat"})
    assert "which is merged itself" in refused(board, "coats", 422, merge={"bag": "coat", "coat": "boot"})
    refused(board, "no-such-dataset", 404, rename={"bag": "purse"})


def uploaded(board: ComparedBoard, name: str, **options: Any) -> None:
    """Stores a zip of twenty images as a dataset, as an upload does."""
    archive, folder = board.data_dir / f"{name}.zip", board.data_dir / "datasets" / name
    archive.write_bytes(zipped(pets()))
    manifest = read_upload(archive, name, UploadOptions(image_size=8, **options), folder, lambda _update: None)
    with board.database.write() as session:
        row = new_dataset.create(session, name, f"{name}.zip", UploadOptions(image_size=8, **options))
        registry.mark_ready(row, f"datasets/{name}", manifest.as_json())


def test_size_fit_and_color_are_changed_from_the_kept_zip(board: ComparedBoard) -> None:
    uploaded(board, "pets")

    created = board.client.post("/api/datasets/pets/versions", json={"image_size": 16, "color": "grayscale"}).json()

    assert (created["status"], created["image_size"], created["fit"], created["color"]) == (
        *("preparing", 16, "crop", "grayscale"),
    )
    zip_bytes = (board.data_dir / "pets.zip").stat().st_size
    first = board.get("/api/datasets/pets")
    assert (first["original_bytes"], first["disk_bytes"]) == (zip_bytes, 20 * 8 * 8 * 3 + zip_bytes)
    assert refused(board, "pets", 422, image_size=8).startswith("Give at least one change")
    invalid = board.client.post("/api/datasets/pets/versions", json={"image_size": 4}).json()
    assert invalid["errors"] == [{"loc": ["image_size"], "msg": "must be at least 8; you gave 4"}]


def test_without_the_zip_size_fit_and_color_stay(board: ComparedBoard) -> None:
    uploaded(board, "cats", keep_original=False)
    board.dataset("published", LABELS, CLASSES)

    sentence = refused(board, "cats", 422, image_size=16)

    assert sentence.startswith("Size, fit and color need the zip of 'cats', and it was uploaded with keep_original")
    assert "are stored as they were published" in refused(board, "published", 422, fit="pad")
    assert board.get("/api/datasets/cats")["disk_bytes"] == 20 * 8 * 8 * 3


@pytest.mark.slow
def test_a_jobs_worker_writes_a_version_in_a_process_of_its_own(board: ComparedBoard) -> None:
    board.dataset("belts", LABELS, CLASSES)
    version = requested(board, "belts", changes=[leave_out(0)])

    prepare_dataset(Settings(data_dir=board.data_dir, redis_url=NO_REDIS), version)

    images = open_stored(board, version).images("test")
    assert np.array_equal(images, open_stored(board, "belts").images("test")[1:])


@pytest.mark.slow
def test_a_jobs_worker_decodes_the_zip_of_version_1_again(board: ComparedBoard) -> None:
    uploaded(board, "birds")
    make(board, "birds", changes=[leave_out(0)])
    version = requested(board, "birds@2", image_size=16)

    prepare_dataset(Settings(data_dir=board.data_dir, redis_url=NO_REDIS), version)

    assert open_stored(board, version).images("test").shape == (3, 16, 16, 3)


def test_the_runs_of_a_study_have_the_version_that_it_began_with(board: ComparedBoard) -> None:
    board.dataset("gowns", LABELS, CLASSES)
    make(board, "gowns", changes=[relabel(0, "bag")])
    specs = {name: {**SPEC, "dataset": {"name": name}} for name in ("gowns", "gowns@1")}

    studies = [
        board.client.post("/api/studies", json={"kind": "repeat", "seeds": [0, 1], "spec": spec}).json()["id"]
        for spec in specs.values()
    ]

    trained = [{run["dataset"] for run in board.get("/api/runs", study=study)["items"]} for study in studies]
    assert trained == [{"gowns@2"}, {"gowns"}]
