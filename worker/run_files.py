"""The files that a run's rows refer to. A file without a reference is deleted after the commit that removed it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from backend.db.models import Artifact, Epoch, Run, State
from backend.files import SavedFile, sha256_of
from backend.planning.initial_weights import INITIAL
from backend.runs.history import HistoryDigest
from backend.runs.metrics.blocks import delete_blocks_after, pack_blocks
from worker.training.report import SavedEpoch

STATES_KEPT = 2  # the newest may be torn by a power cut
BEST_FILES = ("best.keras", "probabilities")
END_FILES = ("final.keras", "last.keras")  # of a training that has ended

FileRow = dict[str, Any]
"""A file's name, bytes, sha256 and epoch, as events announce it."""


class RunFiles:
    """The rows of one run that refer to files, all below `data_dir`."""

    def __init__(self, data_dir: Path, run_id: str) -> None:
        self._data_dir = data_dir
        self._run_id = run_id
        self._history: HistoryDigest | None = None

    def add_epoch(self, session: Session, saved: SavedEpoch, metrics: dict[str, Any]) -> list[FileRow]:
        """Adds the rows of an epoch, its artifacts and its state; only the last two states are kept.

        A run that was resumed has files of its earlier end, which this is no longer. Returns the files for download
        that are new or have changed.
        """
        session.execute(delete(Artifact).where(Artifact.run_id == self._run_id, Artifact.name.in_(END_FILES)))
        history = self._history_with(session, saved.epoch, metrics)
        predictions = {
            "predictions": self.relative_path(saved.predictions),
            "predictions_sha256": saved.predictions.sha256,
        }
        session.add(Epoch(run_id=self._run_id, epoch=saved.epoch, metrics=metrics, **predictions))
        if saved.probabilities is not None:
            self.add_artifact(session, "probabilities", saved.epoch, saved.probabilities)
        models = {"best.keras": saved.best, f"epoch-{saved.epoch}.keras": saved.kept}
        changed = [self.add_artifact(session, name, saved.epoch, file) for name, file in models.items() if file]
        self._keep_state(session, saved)
        pack_blocks(session, self._run_id, saved.epoch)
        return [*changed, history]

    def add_artifact(self, session: Session, name: str, epoch: int, file: SavedFile) -> FileRow:
        """Inserts an artifact's row, or updates it to the new file."""
        return self._merge(session, name, self.relative_path(file), epoch=epoch, bytes=file.bytes, sha256=file.sha256)

    def _history_with(self, session: Session, epoch: int, metrics: Mapping[str, Any]) -> FileRow:
        """Updates the row of history.csv, which is no file on disk, to another epoch.

        The table is read once for a trainer, and again if the commit of the last epoch failed.
        """
        if self._history is None or self._history.epoch != epoch - 1:
            self._history = HistoryDigest.of(session, self._run_id, epoch - 1)
        self._history = history = self._history.plus(epoch, metrics)
        return self._merge(
            session, "history.csv", "", epoch=epoch, bytes=history.bytes, sha256=history.digest.hexdigest()
        )

    def _merge(self, session: Session, name: str, path: str, **row: Any) -> FileRow:
        session.merge(Artifact(run_id=self._run_id, name=name, path=path, **row))
        return {"name": name, **row}

    def relative_path(self, file: SavedFile) -> str:
        return file.path.relative_to(self._data_dir).as_posix()

    def states(self, session: Session) -> list[State]:
        """Returns the run's states, the newest first."""
        own = select(State).where(State.run_id == self._run_id)
        return list(session.scalars(own.order_by(State.epoch.desc())))

    def roll_back(self, session: Session, state: State | None) -> None:
        """Deletes the rows of everything after a state, or of all epochs, and restores the best model of that time."""
        epoch, self._history = state.epoch if state else 0, None
        for table in (Epoch, State, Artifact):
            after = (table.run_id == self._run_id) & (table.epoch > epoch)
            is_own = Artifact.name != INITIAL if table is Artifact else true()  # INITIAL has another run's epoch
            session.execute(delete(table).where(after, is_own))
        delete_blocks_after(session, self._run_id, epoch)
        session.flush()
        for name, row in ((state.best if state else None) or {}).items():
            session.merge(Artifact(run_id=self._run_id, name=name, **row))

    def is_intact(self, state: State) -> bool:
        """Returns whether the state's file and the best model of that time still have their SHA-256."""
        files = [(state.path, state.sha256), *((row["path"], row["sha256"]) for row in (state.best or {}).values())]
        return all(has_digest(self._data_dir / path, sha256) for path, sha256 in files)

    def referenced(self, session: Session) -> set[str]:
        """Returns the paths of the run's states, artifacts and test predictions."""
        own = {table: table.run_id == self._run_id for table in (State, Artifact)}
        states = session.execute(select(State.path, State.best).where(own[State]))
        artifacts = session.scalars(select(Artifact.path).where(own[Artifact], Artifact.path != ""))
        state_files = [(path, *(row["path"] for row in (best or {}).values())) for path, best in states]
        test = session.scalar(select(Run.test).where(Run.id == self._run_id))
        return {
            *artifacts,
            *(path for paths in state_files for path in paths),
            *([test["predictions"]] if test else []),
        }

    def referenced_with_predictions(self, session: Session) -> set[str]:
        """Returns the paths of all files that rows of the run refer to."""
        predictions = session.scalars(select(Epoch.predictions).where(Epoch.run_id == self._run_id))
        return {*self.referenced(session), *predictions}

    def existing(self) -> set[str]:
        """Returns the paths of the files that trainers of this run wrote, committed or not."""
        files = (self._data_dir / "runs" / self._run_id).glob("e[0-9]*/*")
        return {file.relative_to(self._data_dir).as_posix() for file in files}

    def delete(self, paths: Iterable[str]) -> None:
        for path in paths:
            (self._data_dir / path).unlink(missing_ok=True)

    def _keep_state(self, session: Session, saved: SavedEpoch) -> None:
        session.flush()
        own = State.run_id == self._run_id
        session.execute(delete(State).where(own, State.epoch <= saved.epoch - STATES_KEPT))
        rows = session.scalars(select(Artifact).where(Artifact.run_id == self._run_id, Artifact.name.in_(BEST_FILES)))
        best = {row.name: {key: getattr(row, key) for key in ("epoch", "path", "bytes", "sha256")} for row in rows}
        session.add(
            State(
                run_id=self._run_id,
                epoch=saved.epoch,
                path=self.relative_path(saved.state),
                sha256=saved.state.sha256,
                best=best,
            )
        )


def has_digest(path: Path, sha256: str) -> bool:
    """Returns whether a file can be read and has this SHA-256."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
