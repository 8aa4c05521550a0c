"""Computes one evaluation: `python -m worker.evaluations.evaluator` reads an `EvaluationRequest` as a line of JSON.

It prints lines of JSON: `{"progress": 0.5}` as it goes on, and last `{"files": {name: SHA-256}, "result"}` or
`{"error"}`, a sentence for people.
"""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from backend.datasets.folder import DatasetDamaged
from backend.files import is_full, sha256_of
from backend.phrases import in_short
from worker.evaluations.evaluation_request import EvaluationRequest
from worker.evaluations.output import NotComputable, Output, print_progress
from worker.process.lifeline import end_with_parent
from worker.process.oom_score import raise_oom_score

Compute = Callable[[EvaluationRequest, Output], dict[str, Any]]


def main() -> int:
    end_with_parent()
    raise_oom_score()
    request = EvaluationRequest.from_json(sys.stdin.readline())
    print(json.dumps(run(request)), flush=True)
    return 0


def run(request: EvaluationRequest) -> dict[str, Any]:
    """Returns the message to print last."""
    output = Output(request.folder, print_progress)
    try:
        if sha256_of(Path(request.best)) != request.best_sha256:
            raise NotComputable("best.keras on the disk is damaged: its SHA-256 is not the stored one.")
        return {"result": _compute(request.kind)(request, output), "files": output.files}
    except (NotComputable, DatasetDamaged) as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "This machine has too little memory for it."}
    except OSError as error:
        full = "The disk is full: free some space in the data folder, then request it again."
        return {"error": full if is_full(error) else f"A file could not be read or written: {in_short(error)}."}


def _compute(kind: str) -> Compute:
    """Imports Keras, so that errors of that import are reported, too."""
    from worker.training.preload import quick_imports

    with quick_imports():
        import_module("keras")

    from worker.evaluations.features import compute_map
    from worker.evaluations.robustness import compute_robustness
    from worker.evaluations.training_predictions import compute_training_predictions

    kinds: dict[str, Compute] = {
        "map": compute_map,
        "robustness": compute_robustness,
        "training_predictions": compute_training_predictions,
    }
    return kinds[kind]


if __name__ == "__main__":
    sys.exit(main())
