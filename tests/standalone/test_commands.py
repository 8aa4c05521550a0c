"""The client commands: what they send, what they print, and their sentences."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from standalone.commands.client import error_message
from standalone.commands.launch import set_value
from standalone.commands.table import table
from standalone.commands.watch import parse_events
from standalone.errors import CommandError
from standalone.main import main
from tests.support.files.zips import picture
from tests.support.service.program import Program, free_port

SMALL = ["--set", "epochs=3", "--set", "dataset.train_limit=200"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("epochs=3", {"epochs": 3}),
        ("optimizer.learning_rate=0.01", {"optimizer": {"name": "adam", "learning_rate": 0.01}}),
        ("optimizer.name=sgd", {"optimizer": {"name": "sgd"}}),
        ("layers.1.units=4", {"layers": [{}, {"units": 4}]}),
        ("layers.0={}", {"layers": [{}, {}]}),
        ("callbacks.checkpoint.monitor=val_loss", {"callbacks": {"checkpoint": {"monitor": "val_loss"}}}),
        ("dataset.train_limit=null", {"dataset": {"train_limit": None}}),
    ],
)
def test_set_changes_one_place_of_the_spec(change: str, expected: dict[str, Any]) -> None:
    spec: dict[str, Any] = {"epochs": 15, "optimizer": {"name": "adam"}, "layers": [{}, {}], "callbacks": None}
    set_value(spec, change)
    assert {key: spec[key] for key in expected} == expected


@pytest.mark.parametrize(
    "change", ["epochs", "=3", "a..b=1", "layers.7=1", "layers.x.y=1", "epochs.deep=1", "epochs.a.b=1"]
)
def test_set_refuses_what_is_no_place(change: str) -> None:
    with pytest.raises(CommandError, match=r"--set ") as refusal:
        set_value({"epochs": 15, "layers": []}, change)
    assert refusal.value.code == 2


def test_server_sent_events_are_read_by_their_fields() -> None:
    lines = [
        ": ping",
        "",
        "id: 4",
        "event: epoch",
        'data: {"epoch":',
        "data: 2}",
        "",
        "event: progress",
        "data: {}",
        "",
    ]
    assert list(parse_events(iter(lines))) == [("4", "epoch", {"epoch": 2}), ("", "progress", {})]


def test_a_problem_becomes_its_sentence_and_several_wrong_fields_a_line_each() -> None:
    errors = [{"loc": ["spec", "epochs"], "msg": "too few"}, {"loc": ["spec", "layers", 0], "msg": "unknown"}]
    problem = {"detail": "Two fields are wrong.", "errors": errors}
    request = httpx.Request("POST", "http://127.0.0.1/api/runs")
    assert error_message(httpx.Response(422, json=problem, request=request)).splitlines() == [
        "Two fields are wrong.",
        "  spec.epochs: too few",
        "  spec.layers.0: unknown",
    ]
    assert "502 Bad Gateway" in error_message(httpx.Response(502, text="<html>", request=request))


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(["id", "name"], [["1", "long one"], ["200", ""]]) == "id   name\n1    long one\n200"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["up", "--port", "0"],
        ["up", "--port", "80000"],
        ["up", "--workers", "0"],
        ["runs", "list", "--limit", "x"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    assert leaving.value.code == 2
    assert capsys.readouterr().err.startswith("usage: epochboard")


def test_a_board_that_is_not_there_is_reported_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert main(["runs", "list", "--url", url]) == 1
    assert f"No board answers at {url}" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "reason"), [("{", "can't be read as JSON"), ("[]", "holds no spec")])
def test_a_file_that_is_no_spec_is_refused(
    text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spec.json"
    path.write_text(text)
    assert main(["launch", str(path)]) == 2
    assert reason in capsys.readouterr().err


def test_url_and_token_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[httpx.Request] = []

    def answer(self: httpx.Client, method: str, path: str, **_arguments: Any) -> httpx.Response:
        requests.append(self.build_request(method, path))
        return httpx.Response(200, json={"items": []}, request=requests[0])

    monkeypatch.setattr(httpx.Client, "request", answer)
    monkeypatch.setenv("EPOCHBOARD_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("EPOCHBOARD_TOKEN", "secret")
    assert main(["datasets", "list"]) == 0
    assert str(requests[0].url) == "http://127.0.0.1:9/api/datasets"
    assert requests[0].headers["Authorization"] == "Bearer secret"


@pytest.mark.slow
def test_a_watched_run_prints_a_line_an_epoch_and_its_files_can_be_fetched(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["launch", "digits-quick", *SMALL, "--name", "a small one", "--watch"]) == 0
    lines = capsys.readouterr().out.splitlines()
    run_id = lines[0].split()[0]
    assert lines[0] == f"{run_id}  {url}/runs/{run_id}"
    assert [line.split()[:2] for line in lines if line.startswith("epoch")] == [["epoch", str(n)] for n in (1, 2, 3)]
    assert lines[-1].startswith("finished, best val_loss ")

    assert main(["runs", "list", "--status", "finished"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [run_id, "a", "small", "one", "finished", "3/3"] in [row[:6] for row in rows]
    assert main(["runs", "show", run_id]) == 0
    assert json.loads(capsys.readouterr().out)["spec"]["dataset"]["train_limit"] == 200

    monkeypatch.chdir(tmp_path)
    assert main(["runs", "stop", run_id]) == 1
    assert "has already ended: it is finished" in capsys.readouterr().err
    assert main(["runs", "resume", run_id, "--epochs", "3"]) == 1
    assert main(["runs", "download", run_id]) == 0
    assert (tmp_path / "best.keras").read_bytes()[:2] == b"PK"
    assert main(["runs", "download", run_id, "report.html", "-o", "a.html"]) == 0
    assert "<title>a small one · report</title>" in (tmp_path / "a.html").read_text()
    assert main(["runs", "download", run_id, "nothing.keras"]) == 1
    predict_from_the_shell(run_id, tmp_path, capsys)
    change_from_the_shell(run_id, capsys)
    assert main(["runs", "delete", run_id]) == 0
    assert main(["runs", "show", run_id]) == 1


def change_from_the_shell(run_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    of_this_name = ["--where", f"id={run_id}"]
    capsys.readouterr()

    assert main(["runs", "change", "tag", *of_this_name, "--tag", "kept", "--expected", "1"]) == 0
    assert main(["runs", "change", "delete", *of_this_name, "--without", run_id]) == 0
    assert main(["runs", "change", "delete", *of_this_name, "--expected", "2"]) == 1
    assert main(["runs", "change", "stop", run_id]) == 1
    assert main(["runs", "change", "delete"]) == 2
    assert main(["runs", "change", "delete", run_id, "--q", "x"]) == 2

    printed = capsys.readouterr()
    assert printed.out.splitlines()[:3] == ["1 tagged", "0 deleted", "0 stopped"]
    assert f"{run_id}  Run " in printed.out.splitlines()[3]
    assert "The number of runs to change is 1 now, not 2, so nothing was changed" in printed.err
    assert "Give ids of runs, or filters" in printed.err
    assert "and not both" in printed.err


def predict_from_the_shell(run_id: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.png").write_bytes(picture())
    (folder / "words.txt").write_text("no picture")
    capsys.readouterr()

    assert main(["runs", "predict", run_id, "mine.png", "words.txt", "nowhere.png"]) == 1

    printed = capsys.readouterr()
    head, line = printed.out.splitlines()
    assert head.split()[:3] == ["file", "class", "probability"]
    assert line.split()[0] == "mine.png"
    assert line.split()[1] in "0123456789"
    assert "words.txt: This picture can't be used: it is text, not an image" in printed.err
    assert "nowhere.png: It can't be read" in printed.err


@pytest.mark.slow
@pytest.mark.usefixtures("url")
def test_a_spec_from_a_file_is_launched_and_a_wrong_one_named(
    program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = next(item for item in program.get("/api/recipes")["items"] if item["name"] == "digits-quick")
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(recipe["spec"]))
    assert main(["launch", str(path), *SMALL, "--set", "batch_size=16"]) == 0
    run_id = capsys.readouterr().out.split()[0]
    assert program.ended(run_id)["spec"]["batch_size"] == 16
    assert main(["launch", str(path), "--set", "epochs=0"]) == 1
    assert "epochs" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("url")
def test_watching_goes_on_when_the_service_is_killed(
    program: Program, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from standalone.commands import watch

    def record(kind: str, data: Any) -> None:
        events.append((kind, data))
        if kind == "epoch" and data["epoch"] == 3:
            program.part("api").kill()

    events: list[tuple[str, Any]] = []
    monkeypatch.setattr(watch, "print_event", record)
    assert main(["launch", "digits-quick", "--set", "epochs=30", "--watch"]) == 0
    assert [data["epoch"] for kind, data in events if kind == "epoch"] == list(range(1, 31))
    assert capsys.readouterr().err.count("Connection lost") == 1


@pytest.mark.slow
def test_a_study_from_a_file_is_launched_and_listed(
    url: str, program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "study.json"
    file.write_text(json.dumps({"kind": "repeat", "name": "Seeds", "recipe": "digits-quick", "seeds": [0, 1]}))

    assert main(["studies", "launch", str(file)]) == 0
    study, address = capsys.readouterr().out.split()
    program.post(f"/api/studies/{study}/stop", b'{"mode": "kill"}')

    assert address == f"{url}/studies/{study}"
    assert main(["studies", "list"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [study, "Seeds", "repeat", "stopped", "2/2"] in rows


@pytest.mark.slow
@pytest.mark.usefixtures("url")
def test_datasets_are_listed_and_prepared(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "prepare", "digits"]) in (0, 1)
    program.wait(lambda: program.get("/api/datasets/digits")["status"] == "ready", 30, "digits")
    capsys.readouterr()
    assert main(["datasets", "list"]) == 0
    digits = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("digits"))
    assert digits.split() == ["digits", "ready", "1,438", "+", "359", "8", "×", "8", "×", "1", "10"]
    assert main(["datasets", "prepare", "unheard"]) == 1
    assert "unheard" in capsys.readouterr().err
