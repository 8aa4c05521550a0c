"""Train what a spec says, on a stored dataset, into a folder."""

import statistics
import time
from pathlib import Path

import keras

from backend.datasets.store import StoredDataset
from backend.planning.execution_plan import ExecutionPlan, choose_execution
from backend.spec import RunSpec
from worker.training import callbacks, compiling, machine, networks
from worker.training.data import TrainingData
from worker.training.errors import TrainingError
from worker.training.files import Folder
from worker.training.initial import take_weights
from worker.training.inputs import TrainingInputs
from worker.training.rates import FollowSchedule, ReduceOnPlateau
from worker.training.report import Beginning, Initial, Outcome, Report, Resume, SavedFile, TestScore
from worker.training.scoring import score_test
from worker.training.splits import LabelledImages
from worker.training.state import Keeper, restore_state
from worker.training.stopping import EarlyStopping
from worker.training.validation import Scorer


def train(spec: RunSpec, dataset: StoredDataset, folder: Path, report: Report, begin: Beginning = None) -> Outcome:
    """Train from the start, or go on, and tell `report` of each epoch.

    `folder` is there and this training's alone. Raises TrainingError, what Keras and what `report.saved` raise.
    """
    manifest = dataset.manifest
    plan = choose_execution(spec, networks.described(spec.model, manifest.image_shape, len(manifest.classes)))
    machine.settle(spec.seed, small=plan.small)
    report.record_machine(machine.describe(spec.precision))
    model = networks.build(spec.model, manifest.image_shape, len(manifest.classes), spec.precision)
    compiling.compile_model(model, spec)
    report.training_started(model.count_params())
    training = Training(spec, model, folder, report)
    training.begin(begin)
    inputs = TrainingInputs.load(dataset, spec)
    report.record_preprocessing(manifest, inputs.scaling.statistics)
    for line in inputs.describe():
        report.log(line)
    if training.goes_on():
        training.fit(inputs, plan)
    return training.end(inputs, plan)


class Training:
    """A compiled model with the callbacks that remember, which are part of its state."""

    def __init__(self, spec: RunSpec, model: keras.Model, folder: Path, report: Report) -> None:
        self._spec = spec
        self._model = model
        self._report = report
        self._done = 0
        self._desk = desk = callbacks.EpochContext(Folder(folder, report.log))
        given = spec.callbacks
        self._best = callbacks.KeepBest(given.checkpoint.monitor, desk)
        self._nan = callbacks.EndOnNan()
        self._early = EarlyStopping(given.early_stopping, model, desk) if given.early_stopping else None
        self._plateau = ReduceOnPlateau(given.reduce_lr, desk) if given.reduce_lr else None

    @property
    def stopped_early(self) -> bool:
        """Not where early stopping came in the very last epoch: then all were trained."""
        return self._early is not None and 0 < self._early.stopped_epoch < self._spec.epochs - 1

    def begin(self, given: Beginning) -> None:
        """Take up what was saved, or another run's weights."""
        if isinstance(given, Initial):
            self._report.log(take_weights(self._model, given.path))
        if isinstance(given, Resume):
            self._done = restore_state(given.state, self._model, self._keepers())
            self._best.path = given.best
            self._end_if_nan()

    def goes_on(self) -> bool:
        """Whether there is an epoch to train. A person's wish to end is heard once there is one to keep."""
        if self._done == self._spec.epochs or self.stopped_early:
            return False
        return not (self._done and self._report.is_stop_requested())

    def fit(self, inputs: TrainingInputs, plan: ExecutionPlan) -> None:
        """Train the epochs that are left, and tell how long it took."""
        self._model.steps_per_execution = plan.steps_per_execution
        data = TrainingData(inputs, self._spec)
        duties = self._duties(self._scorer(inputs, inputs.splits.validation, plan))
        started = time.perf_counter()
        for epoch in range(self._done, self._spec.epochs):
            self._fit_epoch(data, epoch, duties)
            self._done = epoch + 1
            if self._model.stop_training:
                break
        took, saving = time.perf_counter() - started, 1000 * statistics.median(self._desk.savings)
        self._report.log(f"fit took {took:.2f} s; saving and announcing an epoch took {saving:.0f} ms")
        self._end_if_nan()

    def _fit_epoch(self, data: TrainingData, epoch: int, duties: list[keras.callbacks.Callback]) -> None:
        """One `fit` an epoch (from 0, as Keras counts), since each has a dataset of its own."""
        self._model.fit(
            data.epoch(epoch + 1), epochs=epoch + 1, initial_epoch=epoch, callbacks=duties, shuffle=False, verbose=0
        )

    def end(self, inputs: TrainingInputs, plan: ExecutionPlan) -> Outcome:
        """Leave the models as `fit` does; after that the best one is scored on the test split."""
        last = None
        if self._early is not None and self._early.restores:
            last = self._save("last.keras")
            self._report.log(f"The weights of epoch {self._early.restore_best()} are restored")
        final = self._save("final.keras")
        return Outcome(
            ended_by=self._ended_by(),
            final=final,
            last=last or final,
            test=self._test_score(inputs, plan),
            statistics=inputs.scaling.statistics,
        )

    def _ended_by(self) -> str:
        if self.stopped_early:
            return "early_stopping"
        return "epochs" if self._done == self._spec.epochs else "finish"

    def _test_score(self, inputs: TrainingInputs, plan: ExecutionPlan) -> TestScore | None:
        test, best = inputs.splits.test, self._best
        if test is None or best.epoch is None or best.path is None:
            return None
        score = score_test(self._model, best.path, best.epoch, self._scorer(inputs, test, plan), self._desk.folder)
        self._report.log(
            f"The best model, of epoch {best.epoch}, on {len(test):,} test images that it never saw: "
            f"accuracy {score.metrics['accuracy']:.4f}, loss {score.metrics['loss']:.4f}"
        )
        return score

    def _scorer(self, inputs: TrainingInputs, split: LabelledImages, plan: ExecutionPlan) -> Scorer:
        return Scorer(self._model, split, inputs.scaling, self._spec.loss, plan.images_per_pass)

    def _save(self, name: str) -> SavedFile:
        return self._desk.folder.save(name, self._model.save)

    def _keepers(self) -> dict[str, Keeper]:
        named = {"best": self._best, "nan": self._nan, "early_stopping": self._early, "reduce_lr": self._plateau}
        return {name: keeper for name, keeper in named.items() if keeper is not None}

    def _duties(self, scorer: Scorer) -> list[keras.callbacks.Callback]:
        """In this order: who watches a metric comes after who makes it, the state after all that it holds."""
        desk, given = self._desk, self._spec.callbacks
        duties = [
            FollowSchedule(self._spec),
            callbacks.Validate(scorer, desk),
            callbacks.SavePredictions(desk),
            self._best,
            callbacks.KeepEach(given.checkpoint.every, desk) if given.checkpoint.every else None,
            self._early,
            self._plateau,
            callbacks.SaveState(desk, self._keepers()),
            callbacks.StreamMetrics(self._report, desk),
            self._nan if given.terminate_on_nan else None,
        ]
        return [duty for duty in duties if duty is not None]

    def _end_if_nan(self) -> None:
        if self._nan.epoch is not None:
            raise TrainingError(
                title="The loss is not a number",
                detail=f"The loss became NaN or infinite in epoch {self._nan.epoch}.",
                hint=f"Try a smaller learning rate than {self._spec.optimizer.learning_rate:g}.",
            )
