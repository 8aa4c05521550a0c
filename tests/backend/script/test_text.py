"""The text of `train.py`: what it contains, what it leaves out, and that nothing from outside becomes code."""

import ast
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.datasets import store
from backend.datasets.built_in import BUILT_IN
from backend.db.engine import Database
from backend.db.models import Dataset
from backend.script import ScriptInput, script
from backend.settings import Settings
from backend.spec import DatasetSpec
from backend.spec.recipes import recipe_spec, recipes
from backend.spec.run import Init
from tests.support.runs.run_life import claim_writer, launch, saved_epoch
from tests.support.training.scripts import SPECS, at_random, script_input, spec

ROOT = Path(__file__).parents[3]
RUFF = (sys.executable, "-m", "ruff")
STANDARD_LIBRARY = {
    "collections",
    "collections.abc",
    "concurrent.futures",
    "csv",
    "dataclasses",
    "importlib.util",
    "io",
    "math",
    "os",
    "pathlib",
    "pickle",
    "typing",
}
PACKAGES = {"h5py", "keras", "numpy", "numpy.typing", "tensorflow"}
HOSTILE_TEXTS = [
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    '\\"',
    "a\nimport os",
    '"""\nimport os\n"""',
    "{x}",
    "%s",
    "\u202eabc",
    "\x00\x7f",
    "é한",
]


def recipe_input(name: str) -> ScriptInput:
    run_spec = recipe_spec(name)
    known = BUILT_IN[run_spec.dataset.name]
    return script_input(run_spec, known.image_shape, classes=list(known.classes))


def texts() -> Iterator[tuple[str, str]]:
    for name, changes in SPECS.items():
        yield name, script(script_input(spec(**changes)))
    for recipe in recipes():
        yield recipe.name, script(recipe_input(recipe.name))
    for name in ("MobileNetV3Small", "EfficientNetV2B0", "ConvNeXtTiny"):
        yield name, script(script_input(spec(model={"backbone": name})))
    yield "init", script(script_input(spec(init={"run": "ab12"})))
    yield "hostile names", script(hostile())
    yield "idle", script(script_input(spec(augmentation={"fill_mode": "wrap"})))
    for number in range(40):
        yield f"at random {number}", script(script_input(at_random(random.Random(number))))
    yield "upload", script(script_input(spec(dataset={"name": "mine"}), classes=["cat", "dog"]))
    yield "long name", script(script_input(spec(dataset={"name": "고양이" * 4}), classes=["고양이", "개"]))
    yield "longest name", script(script_input(spec(dataset={"name": "고" * 64}), classes=["고양이" * 30, "개" * 60]))


def hostile() -> ScriptInput:
    """Its spec is not validated: a run may be older than the rule for the characters of names."""
    weights = dict.fromkeys(HOSTILE_TEXTS, 2.0)
    named = "".join(HOSTILE_TEXTS)
    run_spec = spec(dataset={"name": "mine"}).model_copy(
        update={
            "dataset": DatasetSpec.model_construct(name='../x"\nimport os  #'),
            "class_weights": weights,
            "init": Init.model_construct(run='"""' + named),
        }
    )
    return script_input(run_spec, classes=HOSTILE_TEXTS, run_name=named, run_id=named, machine=named)


TEXTS = dict(texts())


@pytest.mark.parametrize("name", TEXTS)
def test_each_script_compiles(name: str) -> None:
    compile(TEXTS[name], name, "exec")


def test_all_scripts_pass_ruff(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS.values()):
        (tmp_path / f"script_{number}.py").write_text(text)
    alone = ["--isolated", "--line-length", "120", str(tmp_path)]

    for command in (["check"], ["check", "--select", "I,ARG,F,E,B,PLE", "--ignore", "E501"], ["format", "--diff"]):
        ended = subprocess.run([*RUFF, *command, *alone], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("name", TEXTS)
def test_a_script_imports_nothing_of_ours(name: str) -> None:
    tree = ast.parse(TEXTS[name])
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert imported <= {*PACKAGES, "sklearn.datasets"} | STANDARD_LIBRARY
    assert ("sklearn.datasets" in imported) == ("load_digits" in TEXTS[name])


def assigned(tree: ast.Module) -> dict[str, ast.expr]:
    """Returns name → value of the assignments at the top of a module."""
    assignments = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {target.id: node.value for node in assignments for target in node.targets if isinstance(target, ast.Name)}


@pytest.mark.parametrize("name", TEXTS)
def test_every_function_and_constant_is_used(name: str) -> None:
    tree = ast.parse(TEXTS[name])
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= assigned(tree).keys()
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    read |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    by_libraries = {
        "__init__",
        "__call__",
        "on_train_begin",
        "on_train_end",
        "set_model",
        "find_class",
        "persistent_load",
    }
    for_the_reader = {"CLASSES", "DATA_ADDRESS", "INITIAL_MODEL_ADDRESS"}
    assert defined - read - by_libraries <= for_the_reader


def test_a_plain_spec_has_only_what_it_needs() -> None:
    text = TEXTS["plain"]

    for word in (
        "augment",
        "schedule",
        "self.weights",
        "hold_back",
        "EarlyStopping",
        "measure",
        "one_hot",
        "macro_f1",
        "if self",
    ):
        assert word not in text, word
    assert "    return pixels / 255.0" in text
    assert TEXTS["idle"] == text


def test_a_script_that_watches_macro_f1_computes_it_as_the_trainer_does() -> None:
    trainer = (ROOT / "worker/training/portable/validation.py").read_text()

    assert function(TEXTS["cosine with warm-up"], "macro_f1") == function(trainer, "macro_f1")


def function(text: str, name: str) -> str:
    return next(ast.unparse(node) for node in ast.parse(text).body if getattr(node, "name", None) == name)


def test_a_network_is_written_layer_by_layer() -> None:
    text = TEXTS["cifar-batchnorm"]
    residual = TEXTS["residual"]

    convolution = '            layers.Conv2D(32, 3, padding="same", activation="relu"),\n'
    assert f"{convolution}            layers.BatchNormalization(),\n" in text
    assert '    a = layers.Conv2D(4, 3, padding="same", name="a")(image)\n' in residual
    assert '    x = layers.Add(name="sum")([a, x])\n' in residual


def test_hostile_names_stay_text() -> None:
    tree = ast.parse(TEXTS["hostile names"])
    plain = ast.parse(TEXTS["upload"])
    constants = assigned(tree)

    assert ast.literal_eval(constants["CLASSES"]) == HOSTILE_TEXTS
    assert ast.literal_eval(constants["CLASS_WEIGHTS"]) == dict.fromkeys(HOSTILE_TEXTS, 2.0)
    assert ast.literal_eval(constants["DATA_FILE"]) == "arrays.npz"
    assert ast.literal_eval(constants["DATA_ADDRESS"]) == "/api/datasets/..%2Fx%22%0Aimport%20os%20%20%23/arrays.npz"
    assert "".join(HOSTILE_TEXTS) in str(ast.get_docstring(tree, clean=False))
    kinds = (ast.Import, ast.ImportFrom)
    assert [ast.unparse(node) for node in tree.body if isinstance(node, kinds)] == [
        ast.unparse(node) for node in plain.body if isinstance(node, kinds)
    ]
    assert all(character.isprintable() for character in TEXTS["hostile names"].replace("\n", ""))


def test_a_script_exists_from_the_start_and_names_its_machine_later(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client, recipe="digits-quick", name='a "name"')
    address = f"/api/runs/{run_id}/artifacts"
    first = client.get(f"{address}/train.py")
    writer = claim_writer(database, settings)
    writer.record_machine(
        "TensorFlow 2.21.0, Keras 3.15.1, Python 3.11.2; threads in an operation 1, at once 2; cpu; float32"
    )
    writer.save_epoch(saved_epoch(writer, 1, seconds=1.0))

    later = client.get(f"{address}/train.py")

    assert first.headers["content-type"].startswith("text/x-python")
    assert "It has not been trained yet" in first.text
    assert f'Run {run_id}, named a \\"name\\"' in first.text
    assert "    pip install keras==3.15.1 tensorflow==2.21.0 scikit-learn\n" in later.text
    listed = {item["name"]: item for item in client.get(address).json()["items"]}
    assert f'"{listed["train.py"]["sha256"]}"' == later.headers["etag"]
    assert later.headers["etag"] != first.headers["etag"]


def test_a_dataset_is_sent_as_one_file_that_numpy_reads(
    client: TestClient, database: Database, settings: Settings, tmp_path: Path
) -> None:
    draw = np.random.default_rng(1)
    images = draw.integers(0, 256, (30, 5, 5, 3), dtype=np.uint8)
    arrays = {"train": (images[:20], np.arange(20) % 2), "test": (images[20:], np.arange(10) % 2)}
    folder, manifest = store.write(settings.data_dir / "datasets", "mine", ['a "cat"', "dog"], arrays)
    with database.write() as session:
        path = str(folder.relative_to(settings.data_dir))
        session.add(Dataset(name="mine", status="ready", folder=path, manifest=manifest.as_json(), touched_at=0.0))

    answer = client.get("/api/datasets/mine/arrays.npz")

    (tmp_path / "arrays.npz").write_bytes(answer.content)
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as read:
        assert sorted(read) == ["classes", "test_images", "test_labels", "train_images", "train_labels"]
        np.testing.assert_array_equal(read["train_images"], images[:20])
        np.testing.assert_array_equal(read["test_labels"], np.arange(10) % 2)
        assert read["classes"].tolist() == ['a "cat"', "dog"]
    assert client.get("/api/datasets/mine/arrays.npz").content == answer.content
    assert client.get("/api/datasets/none/arrays.npz").status_code == 404


def test_the_shared_functions_import_no_module_of_the_project_and_have_no_private_names() -> None:
    for path in Path("worker/training/portable").glob("*.py"):
        tree = ast.parse(path.read_text())
        nodes = list(ast.walk(tree))
        roots = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        roots |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}

        assert roots <= PACKAGES | STANDARD_LIBRARY, path
        assert {name for name in names if name.startswith("_")} <= {"_", "__init__"}, path
