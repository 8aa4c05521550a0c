"""Epochs in which `fit` trains the same model on the same kind of inputs. Most runs have one phase."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import keras
import tensorflow as tf

from backend.planning.execution_plan import ExecutionPlan
from backend.spec import RunSpec
from worker.training import compiling
from worker.training.callbacks.context import EpochContext
from worker.training.callbacks.early_stopping import EarlyStopping
from worker.training.callbacks.learning_rate import LearningRateSchedule, ReduceLROnPlateau
from worker.training.callbacks.saving import SaveBest, SaveEvery, SavePredictions, SaveState
from worker.training.callbacks.stream_metrics import StreamMetrics
from worker.training.callbacks.terminate_on_nan import TerminateOnNaN
from worker.training.callbacks.validate import Validate
from worker.training.data.inputs import TrainingInputs
from worker.training.data.splits import LabelledImages, scored_part
from worker.training.report import Report
from worker.training.state import Stateful
from worker.training.validation import Scorer


class EpochBatches(Protocol):
    def epoch(self, epoch: int) -> tf.data.Dataset:
        """Returns the batches of `epoch`, counted from 1, as `fit` takes them."""


@dataclass(frozen=True)
class PhaseInputs:
    """What a phase trains on and is scored on."""

    inputs: TrainingInputs
    batches: EpochBatches


@dataclass(frozen=True)
class WholeRun:
    """What the phases of a run share: its whole network, and the callbacks that see all epochs."""

    spec: RunSpec
    network: keras.Model
    report: Report
    context: EpochContext
    best: SaveBest
    nan: TerminateOnNaN


@dataclass(frozen=True)
class PhasePlan:
    """The epochs from `first` to `last`, counted from 1, train `model`, a part of the network or all of it.

    Early stopping and the reduction on a plateau count in the last phase of a run alone. `load` reads the inputs.
    """

    first: int
    last: int
    is_last: bool
    model: keras.Model
    load: Callable[[], PhaseInputs]
    execution: ExecutionPlan


class Phase:
    """A compiled model with the callbacks of its epochs."""

    def __init__(self, plan: PhasePlan, run: WholeRun) -> None:
        options = run.spec.callbacks
        self.plan = plan
        self.model = plan.model
        self._run = run
        compiling.compile_model(self.model, run.spec)
        self.model.optimizer.learning_rate = run.spec.learning_rate_of(plan.first)
        early, plateau = (options.early_stopping, options.reduce_lr) if plan.is_last else (None, None)
        self.early = EarlyStopping(early, self.model, run.context) if early else None
        self._plateau = ReduceLROnPlateau(plateau, run.context) if plateau else None

    @cached_property
    def _inputs(self) -> PhaseInputs:
        return self.plan.load()

    @property
    def stopped_early(self) -> bool:
        """False if early stopping came in the very last epoch: then all epochs were trained."""
        return self.early is not None and 0 < self.early.stopped_epoch < self.plan.last - 1

    def fit(self, epochs_done: int) -> int:
        """Trains the epochs of this phase that are left, unless a callback stops it; returns how many are done now."""
        if epochs_done == self.plan.last:
            return epochs_done  # its inputs are not needed: features may take long
        self.model.steps_per_execution = self.plan.execution.steps_per_execution
        splits = self._inputs.inputs.splits
        scorer = self.scorer(splits.validation)
        callbacks = self._callbacks(scorer, scorer.of(scored_part(splits.train, self._run.spec.seed)))
        for epoch in range(epochs_done, self.plan.last):
            self._fit_epoch(epoch, callbacks)
            epochs_done = epoch + 1
            if self.model.stop_training:
                break
        return epochs_done

    def _fit_epoch(self, epoch: int, callbacks: list[keras.callbacks.Callback]) -> None:
        """Calls `fit` for one epoch (counted from 0, as Keras does), since each epoch has a dataset of its own."""
        batches = self._inputs.batches.epoch(epoch + 1)
        self.model.fit(batches, epochs=epoch + 1, initial_epoch=epoch, callbacks=callbacks, shuffle=False, verbose=0)

    def test_scorer(self) -> Scorer | None:
        """Returns a scorer of the test images; None where validation uses them."""
        test = self._inputs.inputs.splits.test
        return None if test is None else self.scorer(test)

    def scorer(self, part: LabelledImages) -> Scorer:
        scaling, loss = self._inputs.inputs.scaling, self._run.spec.loss
        return Scorer(self.model, part, scaling, loss, self.plan.execution.images_per_pass)

    def stateful(self) -> dict[str, Stateful]:
        """Returns the callbacks that are part of the state, by their names in its file."""
        run = self._run
        named = {"best": run.best, "nan": run.nan, "early_stopping": self.early, "reduce_lr": self._plateau}
        return {name: callback for name, callback in named.items() if callback is not None}

    def _callbacks(self, scorer: Scorer, train_part: Scorer) -> list[keras.callbacks.Callback]:
        """Returns the callbacks in the order Keras runs them.

        Validation comes first, then those that read its metrics, then `SaveState` after everything that it saves.
        """
        run, options = self._run, self._run.spec.callbacks
        every = options.checkpoint.every
        callbacks = [
            LearningRateSchedule(run.spec),
            Validate(scorer, train_part, run.context),
            SavePredictions(run.context),
            run.best,
            SaveEvery(every, run.network, run.context) if every else None,
            self.early,
            self._plateau,
            SaveState(run.context, self.stateful()),
            StreamMetrics(run.report, run.context),
            run.nan if options.terminate_on_nan else None,
        ]
        return [callback for callback in callbacks if callback is not None]
