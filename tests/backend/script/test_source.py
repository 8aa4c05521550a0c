"""Definitions of the trainer that train.py takes whole, by name."""

import re
import shutil
from pathlib import Path

import pytest

from backend.script import script
from backend.script import source as source_module
from backend.script.source import take
from tests.support.training.scripts import SPECS, script_input, spec


def test_a_definition_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match="splits defines no nothing_there"):
        take("backend.datasets.splits", ["nothing_there"])


def test_a_definition_comes_whole_with_all_that_it_uses_and_nothing_else() -> None:
    source = take("backend.datasets.splits", ["hold_back"])
    text = Path("backend/datasets/splits.py").read_text()

    assert source.imports == {"import numpy as np"}
    assert [function.splitlines()[0].partition("(")[0] for function in source.functions] == [
        "def hold_back",
        "def take_share",
        "def share_size",
    ]
    assert [constant.partition(" ")[0] for constant in source.constants] == ["HOLD_BACK_STREAM"]
    assert all(f"\n{definition}\n" in text for definition in source.functions + source.constants)


def test_a_local_variable_that_is_renamed_in_the_trainer_is_renamed_in_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = script_input(spec(**SPECS["standard scaling"]))
    before = script(changed)
    for folder in ("worker/training/portable", "worker/datasets", "backend/datasets"):
        shutil.copytree(folder, tmp_path / folder)
    scaling = tmp_path / "worker/training/portable/scaling.py"
    scaling.write_text(re.sub(r"\bvariance\b", "spread", scaling.read_text()))
    monkeypatch.setattr(source_module, "ROOT", tmp_path)
    monkeypatch.setattr(source_module, "_parse", source_module._parse.__wrapped__)

    after = script(changed)

    assert "spread" in after
    assert after == re.sub(r"\bvariance\b", "spread", before)
    compile(after, "train.py", "exec")
