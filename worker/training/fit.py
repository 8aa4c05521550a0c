"""Trains the network of a spec on a stored dataset, epoch by epoch, and saves its files into the run's folder."""

import statistics
import time
from pathlib import Path

import keras

from backend.datasets.store import StoredDataset
from backend.files import SavedFile
from backend.planning.execution_plan import ExecutionPlan, choose_execution
from backend.spec import RunSpec
from worker.trainer_lines import Sign
from worker.training import compiling, machine, networks
from worker.training.callbacks.context import EpochContext
from worker.training.callbacks.early_stopping import EarlyStopping
from worker.training.callbacks.learning_rate import LearningRateSchedule, ReduceLROnPlateau
from worker.training.callbacks.saving import SaveBest, SaveEvery, SavePredictions, SaveState
from worker.training.callbacks.stream_metrics import StreamMetrics
from worker.training.callbacks.terminate_on_nan import TerminateOnNaN
from worker.training.callbacks.validate import Validate
from worker.training.data.inputs import TrainingInputs
from worker.training.data.splits import LabelledImages, scored_part
from worker.training.data.training_data import TrainingData
from worker.training.errors import TrainingError
from worker.training.files import Folder
from worker.training.initial_weights import take_weights
from worker.training.report import InitialWeights, Outcome, Report, Resume, StartFrom, TestScore
from worker.training.scoring import score_test
from worker.training.state import Stateful, restore_state
from worker.training.validation import Scorer


def train(spec: RunSpec, dataset: StoredDataset, folder: Path, report: Report, start_from: StartFrom = None) -> Outcome:
    """Trains from the start or resumes, and reports each epoch.

    `folder` exists and belongs to this training alone. Raises TrainingError, and what Keras and `report.save_epoch`
    raise.
    """
    manifest = dataset.manifest
    plan = choose_execution(spec, networks.described(spec.model, manifest.image_shape, len(manifest.classes)))
    machine.configure(spec.seed, small=plan.small)
    report.record_machine(machine.describe(spec.precision))
    model = networks.build(spec.model, manifest.image_shape, len(manifest.classes), spec.precision)
    compiling.compile_model(model, spec)
    report.training_started(model.count_params())
    training = Training(spec, model, folder, report)
    training.restore(start_from)
    inputs = TrainingInputs.load(dataset, spec)
    report.record_preprocessing(manifest, inputs.scaling.statistics)
    for line in inputs.describe():
        report.log(line)
    if training.has_epochs_left():
        training.fit(inputs, plan)
    return training.finish(inputs, plan)


class Training:
    """A compiled model, and the callbacks whose state is saved with it."""

    def __init__(self, spec: RunSpec, model: keras.Model, folder: Path, report: Report) -> None:
        self._spec = spec
        self._model = model
        self._report = report
        self._epochs_done = 0
        self._context = context = EpochContext(Folder(folder, report.log, lambda: report.tell(Sign.ALIVE)))
        options = spec.callbacks
        self._best = SaveBest(options.checkpoint.monitor, context)
        self._nan = TerminateOnNaN()
        self._early = EarlyStopping(options.early_stopping, model, context) if options.early_stopping else None
        self._plateau = ReduceLROnPlateau(options.reduce_lr, context) if options.reduce_lr else None

    @property
    def stopped_early(self) -> bool:
        """False if early stopping came in the very last epoch: then all epochs were trained."""
        return self._early is not None and 0 < self._early.stopped_epoch < self._spec.epochs - 1

    def restore(self, start_from: StartFrom) -> None:
        """Restores a saved state, or takes another run's weights."""
        if isinstance(start_from, InitialWeights):
            self._report.log(take_weights(self._model, start_from.path))
        if isinstance(start_from, Resume):
            self._epochs_done = restore_state(start_from.state, self._model, self._stateful())
            self._best.path = start_from.best
            self._raise_if_nan()

    def has_epochs_left(self) -> bool:
        """A requested stop counts from the first epoch on, so that there is a model to keep."""
        if self._epochs_done == self._spec.epochs or self.stopped_early:
            return False
        return not (self._epochs_done and self._report.is_stop_requested())

    def fit(self, inputs: TrainingInputs, plan: ExecutionPlan) -> None:
        """Trains the epochs that are left, and logs how long it took."""
        self._model.steps_per_execution = plan.steps_per_execution
        data = TrainingData(inputs, self._spec)
        scorer = self._scorer(inputs, inputs.splits.validation, plan)
        callbacks = self._callbacks(scorer, scorer.of(scored_part(inputs.splits.train, self._spec.seed)))
        started = time.perf_counter()
        for epoch in range(self._epochs_done, self._spec.epochs):
            self._fit_epoch(data, epoch, callbacks)
            self._epochs_done = epoch + 1
            if self._model.stop_training:
                break
        self._log_duration(time.perf_counter() - started)
        self._raise_if_nan()

    def _fit_epoch(self, data: TrainingData, epoch: int, callbacks: list[keras.callbacks.Callback]) -> None:
        """Calls `fit` for one epoch (counted from 0, as Keras does), since each epoch has a dataset of its own."""
        self._model.fit(
            data.epoch(epoch + 1), epochs=epoch + 1, initial_epoch=epoch, callbacks=callbacks, shuffle=False, verbose=0
        )

    def _log_duration(self, seconds: float) -> None:
        saving = 1000 * statistics.median(self._context.saving_seconds)
        self._report.log(f"fit took {seconds:.2f} s; saving and reporting an epoch took {saving:.0f} ms")

    def finish(self, inputs: TrainingInputs, plan: ExecutionPlan) -> Outcome:
        """Saves the models, and scores the best one on the test split if validation used training images."""
        self._report.tell(Sign.FINISHES)
        last = None
        if self._early is not None and self._early.has_best_weights:
            last = self._save("last.keras")
            self._report.log(f"Restored the weights of epoch {self._early.restore_best()}")
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
        return "epochs" if self._epochs_done == self._spec.epochs else "finish"

    def _test_score(self, inputs: TrainingInputs, plan: ExecutionPlan) -> TestScore | None:
        test, best = inputs.splits.test, self._best
        if test is None or best.epoch is None or best.path is None:
            return None
        scorer = self._scorer(inputs, test, plan)
        score = score_test(self._model, best.path, best.epoch, scorer, self._context.folder)
        self._report.log(
            f"The best model, of epoch {best.epoch}, on {len(test):,} test images that it never saw: "
            f"accuracy {score.metrics['accuracy']:.4f}, loss {score.metrics['loss']:.4f}"
        )
        return score

    def _scorer(self, inputs: TrainingInputs, split: LabelledImages, plan: ExecutionPlan) -> Scorer:
        return Scorer(self._model, split, inputs.scaling, self._spec.loss, plan.images_per_pass)

    def _save(self, name: str) -> SavedFile:
        return self._context.folder.save(name, self._model.save)

    def _stateful(self) -> dict[str, Stateful]:
        """Returns the callbacks that are part of the state, by their names in its file."""
        named = {"best": self._best, "nan": self._nan, "early_stopping": self._early, "reduce_lr": self._plateau}
        return {name: callback for name, callback in named.items() if callback is not None}

    def _callbacks(self, scorer: Scorer, train_part: Scorer) -> list[keras.callbacks.Callback]:
        """Returns the callbacks in the order Keras runs them.

        Validation comes first, then those that read its metrics, then `SaveState` after everything that it saves.
        """
        context, options = self._context, self._spec.callbacks
        callbacks = [
            LearningRateSchedule(self._spec),
            Validate(scorer, train_part, context),
            SavePredictions(context),
            self._best,
            SaveEvery(options.checkpoint.every, context) if options.checkpoint.every else None,
            self._early,
            self._plateau,
            SaveState(context, self._stateful()),
            StreamMetrics(self._report, context),
            self._nan if options.terminate_on_nan else None,
        ]
        return [callback for callback in callbacks if callback is not None]

    def _raise_if_nan(self) -> None:
        if self._nan.epoch is not None:
            raise TrainingError(
                title="Loss became NaN",
                detail=f"The loss became NaN or infinite in epoch {self._nan.epoch}.",
                hint=f"Try a smaller learning rate than {self._spec.optimizer.learning_rate:g}.",
            )
