"""Trains the network of a spec on a stored dataset, epoch by epoch, and saves its files into the run's folder."""

from collections.abc import Sequence
from contextlib import closing, nullcontext
from pathlib import Path

import keras

from backend.datasets.store import Manifest, StoredDataset
from backend.files import SavedFile
from backend.planning.execution_plan import ExecutionPlan, choose_execution
from backend.settings import MAX_FEATURE_BYTES
from backend.spec import BackbonePart, RunSpec
from worker.trainer_lines import Sign
from worker.training import machine, networks
from worker.training.backbones.head import BackboneFeatures
from worker.training.backbones.weights import find_pretrained, set_pretrained
from worker.training.callbacks.context import EpochContext
from worker.training.callbacks.saving import SaveBest
from worker.training.callbacks.terminate_on_nan import TerminateOnNaN
from worker.training.data.inputs import TrainingInputs
from worker.training.errors import TrainingError
from worker.training.files import Folder
from worker.training.fit_time import Part
from worker.training.initial_weights import take_weights
from worker.training.phase import Phase, WholeRun
from worker.training.phases import phases
from worker.training.report import Outcome, Report, Resume, StartFrom, TestScore
from worker.training.scoring import score_test
from worker.training.state import restore_state, saved_epoch


def train(
    spec: RunSpec,
    dataset: StoredDataset,
    folder: Path,
    report: Report,
    start_from: StartFrom = None,
    max_feature_bytes: int = MAX_FEATURE_BYTES,
) -> Outcome:
    """Trains from the start or resumes, and reports each epoch.

    `folder` exists and belongs to this training alone. Raises TrainingError, and what Keras and `report.save_epoch`
    raise.
    """
    manifest = dataset.manifest
    plan = choose_execution(spec, networks.described(spec.model, manifest.image_shape, len(manifest.classes)))
    network = build_network(spec, manifest, plan, start_from, report)
    inputs = load_inputs(spec, dataset, report)
    features = None
    if isinstance(spec.model, BackbonePart):
        features = BackboneFeatures(network, spec, spec.model, inputs, dataset, report, max_feature_bytes)
    run = whole_run(spec, network, folder, report)
    plans = phases(spec, network, inputs, features, plan)
    training = Training(run, [Phase(phase, run) for phase in plans])
    if isinstance(start_from, Resume):
        training.restore(start_from)
    with closing(features) if features is not None else nullcontext():
        training.fit()
        return training.finish(inputs)


def build_network(
    spec: RunSpec, manifest: Manifest, plan: ExecutionPlan, start_from: StartFrom, report: Report
) -> keras.Model:
    """Returns the network with the weights that it begins with, once this process is set up to train it."""
    pretrained = pretrained_weights(spec, start_from, report)
    machine.configure(spec.seed, small=plan.small)
    report.record_machine(machine.describe(spec.precision))
    network = networks.build(spec.model, manifest.image_shape, len(manifest.classes), spec.precision)
    report.training_started(network.count_params())
    set_first_weights(network, spec, start_from, pretrained, report)
    return network


def load_inputs(spec: RunSpec, dataset: StoredDataset, report: Report) -> TrainingInputs:
    """Returns what the network reads, and reports how it is preprocessed."""
    inputs = TrainingInputs.load(dataset, spec)
    report.record_preprocessing(dataset.manifest, inputs.scaling.statistics)
    for line in inputs.describe():
        report.log(line)
    return inputs


def pretrained_weights(spec: RunSpec, start_from: StartFrom, report: Report) -> Path | None:
    """Returns the file of a backbone's weights, downloaded if needed; None for a run that needs none."""
    if not isinstance(spec.model, BackbonePart) or (start_from is not None and start_from.init is not None):
        return None
    return find_pretrained(spec.model, report.log)


def set_first_weights(
    network: keras.Model, spec: RunSpec, start_from: StartFrom, pretrained: Path | None, report: Report
) -> None:
    """Gives the network the weights of another run or of a backbone; a saved state has only those that were trained."""
    if isinstance(start_from, Resume) and not isinstance(spec.model, BackbonePart):
        return
    init = start_from.init if start_from is not None else None
    if init is not None:
        report.log(take_weights(network, init))
    elif isinstance(spec.model, BackbonePart) and pretrained is not None:
        report.log(set_pretrained(network, spec.model, pretrained))


def whole_run(spec: RunSpec, network: keras.Model, folder: Path, report: Report) -> WholeRun:
    context = EpochContext(Folder(folder, report.log, report.waits))
    best = SaveBest(spec.callbacks.checkpoint.monitor, network, context)
    return WholeRun(spec, network, report, context, best, TerminateOnNaN())


class Training:
    """The phases of a run, one after the other."""

    def __init__(self, run: WholeRun, phases: Sequence[Phase]) -> None:
        self._run = run
        self._phases = phases
        self._phase = phases[0]
        self._epochs_done = 0

    def restore(self, start_from: Resume) -> None:
        """Restores a saved state in the phase in which it was saved."""
        self._epochs_done = saved_epoch(start_from.state)
        self._phase = next(phase for phase in self._phases if self._epochs_done <= phase.plan.last)
        restore_state(start_from.state, self._phase.model, self._phase.stateful())
        self._run.best.path = start_from.best
        self._raise_if_nan()

    def fit(self) -> None:
        """Trains the epochs that are left, and logs what they took."""
        if not self._has_epochs_left():
            return
        time = self._run.context.time
        time.start()
        for phase in self._phases[self._phases.index(self._phase) :]:
            self._begin(phase)
            self._epochs_done = phase.fit(self._epochs_done)
            if phase.model.stop_training:
                break
        time.end(Part.PREPARING)
        self._run.report.log(time.describe())
        self._raise_if_nan()

    def _has_epochs_left(self) -> bool:
        """A requested stop counts from the first epoch on, so that there is a model to keep."""
        if self._epochs_done == self._run.spec.epochs or self._phase.stopped_early:
            return False
        return not (self._epochs_done and self._run.report.is_stop_requested())

    def _begin(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._run.report.log(f"From epoch {phase.plan.first} on, more of the backbone is trained than its head")
        self._phase = phase

    def finish(self, inputs: TrainingInputs) -> Outcome:
        """Saves the models, and scores the best one on the test split if validation used training images."""
        self._run.report.tell(Sign.FINISHES)
        early, last = self._phase.early, None
        if early is not None and early.has_best_weights:
            last = self._save("last.keras")
            self._run.report.log(f"Restored the weights of epoch {early.restore_best()}")
        final = self._save("final.keras")
        return Outcome(
            ended_by=self._ended_by(),
            final=final,
            last=last or final,
            test=None if inputs.splits.test is None else self._test_score(),
            statistics=inputs.scaling.statistics,
        )

    def _ended_by(self) -> str:
        if self._phase.stopped_early:
            return "early_stopping"
        return "epochs" if self._epochs_done == self._run.spec.epochs else "finish"

    def _test_score(self) -> TestScore | None:
        best, scorer = self._run.best, self._phase.test_scorer()
        if scorer is None or best.epoch is None or best.path is None:
            return None
        score = score_test(self._run.network, best.path, best.epoch, scorer, self._run.context.folder)
        self._run.report.log(
            f"The best model, of epoch {best.epoch}, on {scorer.images:,} test images that it never saw: "
            f"accuracy {score.metrics['accuracy']:.4f}, loss {score.metrics['loss']:.4f}"
        )
        return score

    def _save(self, name: str) -> SavedFile:
        return self._run.context.folder.save(name, self._run.network.save)

    def _raise_if_nan(self) -> None:
        if self._run.nan.epoch is not None:
            raise TrainingError(
                title="Loss became NaN",
                detail=f"The loss became NaN or infinite in epoch {self._run.nan.epoch}.",
                hint=f"Try a smaller learning rate than {self._run.spec.optimizer.learning_rate:g}.",
            )
