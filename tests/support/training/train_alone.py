"""Trains in a process of its own, as a trainer does:

`python -m tests.support.training.train_alone DATASET FOLDER [INITIAL]`.

Reads the spec from standard input, prints the metrics of each epoch as JSON.
"""

import json
import sys
from pathlib import Path

from backend.datasets.store import StoredDataset
from backend.spec import RunSpec
from tests.support.training.trainings import Recorded
from worker.training.fit import train
from worker.training.report import InitialWeights


def main() -> None:
    dataset, folder, *initial = map(Path, sys.argv[1:])
    report = Recorded()
    start_from = InitialWeights(initial[0]) if initial else None
    train(RunSpec.model_validate_json(sys.stdin.read()), StoredDataset.open(dataset), folder, report, start_from)
    result = {"machine": report.lines[0], "epochs": [epoch.metrics for epoch in report.epochs]}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
