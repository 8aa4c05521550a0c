"""Train what a spec says, on a stored dataset, into a folder."""

import time
from pathlib import Path

import keras

from backend.spec import RunSpec
from backend.store import StoredDataset
from worker.training import callbacks, machine, networks, pace
from worker.training.data import TrainingData, first
from worker.training.errors import TrainingError
from worker.training.files import save_file
from worker.training.pace import Pace
from worker.training.report import Outcome, Report
from worker.training.state import Keeper, restore_state
from worker.training.validation import Validation


def train(spec: RunSpec, dataset: StoredDataset, folder: Path, report: Report, resume: Path | None = None) -> Outcome:
    """Train from the start, or on from the state file `resume`, and tell `report` of each epoch.

    `folder` is there and this training's alone. Raises TrainingError, what Keras and what `report.saved` raise.
    """
    manifest = dataset.manifest
    chosen = pace.choose(spec, manifest.image_shape, len(manifest.classes))
    machine.settle(spec.seed, small=chosen.small)
    report.log(machine.describe())
    model = networks.build(spec.model, manifest.image_shape, len(manifest.classes))
    networks.compile_model(model, spec)
    report.built(model.count_params())
    training = Training(spec, model, folder, report)
    done = restore_state(resume, model, training.keepers) if resume else 0
    training.end_if_nan()
    if done < spec.epochs:
        training.fit(dataset, chosen, done)
    final = save_file(folder / "final.keras", model.save)
    return Outcome(ended_by="epochs", final=final, last=final)


class Training:
    """A compiled model with the callbacks that remember, which are part of its state."""

    def __init__(self, spec: RunSpec, model: keras.Model, folder: Path, report: Report) -> None:
        self._spec = spec
        self._model = model
        self._report = report
        self._desk = callbacks.Desk(folder)
        self._best = callbacks.KeepBest(spec.callbacks.checkpoint.monitor, self._desk)
        self._nan = callbacks.EndOnNan()
        self.keepers: dict[str, Keeper] = {"best": self._best, "nan": self._nan}

    def fit(self, dataset: StoredDataset, chosen: Pace, done: int) -> None:
        """Train the epochs after `done`, and tell how long it took."""
        self._model.steps_per_execution = chosen.steps
        data = TrainingData(dataset, self._spec)
        duties = self._duties(data, self._validation(dataset, chosen))
        started = time.perf_counter()
        self._model.fit(
            data.batches, epochs=self._spec.epochs, initial_epoch=done, callbacks=duties, shuffle=False, verbose=0
        )
        self._report.log(f"fit took {time.perf_counter() - started:.2f} s")
        self.end_if_nan()

    def end_if_nan(self) -> None:
        if self._nan.epoch is not None:
            raise TrainingError(
                title="The loss is not a number",
                detail=f"The loss became NaN or infinite in epoch {self._nan.epoch}.",
                hint=f"Try a smaller learning rate than {self._spec.optimizer.learning_rate:g}.",
            )

    def _validation(self, dataset: StoredDataset, chosen: Pace) -> Validation:
        images, labels = first(dataset, "test", self._spec.dataset.test_limit)
        return Validation(self._model, images, labels, chosen.forward_images)

    def _duties(self, data: TrainingData, validation: Validation) -> list[callbacks.Callback]:
        desk = self._desk
        duties = [
            callbacks.SetOrder(data),
            callbacks.Validate(validation, desk),
            callbacks.SavePredictions(desk),
            self._best,
            callbacks.SaveState(desk, self.keepers),
            callbacks.StreamMetrics(self._report, desk),
        ]
        return [*duties, self._nan] if self._spec.callbacks.terminate_on_nan else duties
