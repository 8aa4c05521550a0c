"""A choice is added in its own file and one table, and is then offered, trained and written into train.py."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SPEC = "backend/spec"

NEW_FILES = {
    f"{SPEC}/optimizers/lion.py": """
from typing import ClassVar, Literal

from pydantic import Field

from backend.spec.optimizers.base import OptimizerPart


class Lion(OptimizerPart):
    name: Literal["lion"] = "lion"
    beta_1: float = Field(0.9, title="Beta 1", ge=0, lt=1)

    title: ClassVar[str] = "Lion"
    keras_class: ClassVar[str] = "Lion"
""",
    f"{SPEC}/schedules/halving.py": '''
from typing import ClassVar, Literal

from backend.spec.schedules.base import SchedulePart, WarmUp


def halving_rate(epoch: int, learning_rate: float, warmup_epochs: int) -> float:
    """Halves the rate after each epoch."""
    return learning_rate * 0.5 ** (epoch - 1)


class Halving(SchedulePart):
    name: Literal["halving"] = "halving"
    warmup_epochs: WarmUp = 0

    title: ClassVar[str] = "Halving"
    rate = staticmethod(halving_rate)
''',
    f"{SPEC}/presets/dense.py": """
from collections.abc import Iterator
from typing import ClassVar, Literal

from backend.spec.presets.base import PresetLayer, PresetOptions, PresetPart


class Dense(PresetPart):
    preset: Literal["dense"]
    options: PresetOptions = PresetOptions(dense_units=[16])

    title: ClassVar[str] = "Dense layers alone"
    depth_option: ClassVar[str] = "dense_units"

    def convolutions(self) -> Iterator[PresetLayer]:
        yield from ()
""",
}
TABLES = {
    f"{SPEC}/optimizers/__init__.py": ("RmsProp, default", "RmsProp, Lion, default", "optimizers.lion import Lion"),
    f"{SPEC}/schedules/__init__.py": (
        "Cosine, Exponential)",
        "Cosine, Exponential, Halving)",
        "schedules.halving import Halving",
    ),
    f"{SPEC}/presets/__init__.py": ("StridedCnn, Vgg)", "StridedCnn, Vgg, Dense)", "presets.dense import Dense"),
}
LOSS_ROW = '    "kl_divergence": LossFunction("KL divergence", "KLDivergence", one_hot=True, smooths=False),\n'
PROGRAM = """
import json, sys
from pathlib import Path
from backend.network import describe
from backend.planning.catalog import catalog
from backend.planning.execution_plan import choose_execution
from backend.script import ScriptInput, script
from backend.spec import RunSpec
from tests.support.training.trainings import Recorded, tiny_dataset
from worker.training.fit import train

folder = Path(sys.argv[1])
spec = RunSpec.model_validate({
    "dataset": {"name": "tiny"}, "model": {"preset": "dense"}, "epochs": 2, "loss": {"name": "kl_divergence"},
    "optimizer": {"name": "lion", "learning_rate": 0.01, "schedule": {"name": "halving"}},
})
dataset = tiny_dataset(folder / "data")
(folder / "run").mkdir()
report = Recorded()
train(spec, dataset, folder / "run", report)
network = describe(spec.model, dataset.manifest.image_shape, 3)
plan = choose_execution(spec, network)
text = script(ScriptInput("id", "name", spec, network, dataset.manifest.classes, plan, None))
kinds = ("presets", "optimizers", "schedules", "losses")
offered = {kind: {choice.name: choice.title for choice in getattr(catalog(), kind)} for kind in kinds}
print(json.dumps({"offered": offered, "rates": report.series("learning_rate"), "script": text}))
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the program says once each table has one more choice."""
    root = tmp_path_factory.mktemp("source")
    for package in ("backend", "worker", "tests"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in NEW_FILES.items():
        (root / path).write_text(text)
    for path, (before, after, line) in TABLES.items():
        table = (root / path).read_text()
        assert table.count(before) == 1
        (root / path).write_text(f"from backend.spec.{line}\n" + table.replace(before, after))
    losses = (root / SPEC / "losses.py").read_text()
    (root / SPEC / "losses.py").write_text(losses.replace("LOSSES = {\n", f"LOSSES = {{\n{LOSS_ROW}"))
    command = (sys.executable, "-c", PROGRAM, str(tmp_path_factory.mktemp("run")))
    done = subprocess.run(command, cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.slow
def test_the_form_offers_it(extended: dict[str, dict[str, dict[str, str]]]) -> None:
    assert extended["offered"]["presets"]["dense"] == "Dense layers alone"
    assert extended["offered"]["optimizers"]["lion"] == "Lion"
    assert extended["offered"]["schedules"]["halving"] == "Halving"
    assert extended["offered"]["losses"]["kl_divergence"] == "KL divergence"


@pytest.mark.slow
def test_a_run_is_trained_with_it(extended: dict[str, list[float]]) -> None:
    assert extended["rates"] == pytest.approx([0.01, 0.005])


@pytest.mark.slow
def test_train_py_has_it(extended: dict[str, str]) -> None:
    text = extended["script"]

    compile(text, "train.py", "exec")
    assert "keras.optimizers.Lion(" in text
    assert "keras.losses.KLDivergence(" in text
    assert "def halving_rate(" in text
    assert "layers.Dense(16" in text
