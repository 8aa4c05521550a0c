"""Which files a run's rows point to. A file that nothing points to any more is removed, after the commit."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from backend.db.models import Artifact, Epoch, Run, State
from backend.files import sha256_of
from backend.planning.initial_weights import INITIAL
from worker.training.report import SavedEpoch, SavedFile

STATES_KEPT = 2
BEST = ("best.keras", "probabilities")


class RunFiles:
    """The rows of one run that point to files, all below `data_dir`."""

    def __init__(self, data_dir: Path, run_id: str) -> None:
        self._data_dir = data_dir
        self._run_id = run_id

    def take_epoch(self, session: Session, saved: SavedEpoch, metrics: dict[str, Any]) -> None:
        """Point to all that an epoch left; the states before the last two are forgotten."""
        predictions = {"predictions": self.stored(saved.predictions), "predictions_sha256": saved.predictions.sha256}
        session.add(Epoch(run_id=self._run_id, epoch=saved.epoch, metrics=metrics, **predictions))
        named = {"best.keras": saved.best, "probabilities": saved.probabilities}
        for name, file in {**named, f"epoch-{saved.epoch}.keras": saved.kept}.items():
            if file is not None:
                self.put(session, name, saved.epoch, file)
        self._keep_state(session, saved)

    def put(self, session: Session, name: str, epoch: int, file: SavedFile) -> None:
        """Point a name to a new file."""
        row = {"epoch": epoch, "path": self.stored(file), "bytes": file.bytes, "sha256": file.sha256}
        session.merge(Artifact(run_id=self._run_id, name=name, **row))

    def stored(self, file: SavedFile) -> str:
        return file.path.relative_to(self._data_dir).as_posix()

    def states(self, session: Session) -> list[State]:
        """The newest first."""
        own = select(State).where(State.run_id == self._run_id)
        return list(session.scalars(own.order_by(State.epoch.desc())))

    def go_back(self, session: Session, state: State | None) -> None:
        """Forget what came after a state, or everything, and point to the best model as it was then."""
        epoch = state.epoch if state else 0
        for table in (Epoch, State, Artifact):
            after = (table.run_id == self._run_id) & (table.epoch > epoch)
            own = Artifact.name != INITIAL if table is Artifact else true()  # its epoch is one of another run
            session.execute(delete(table).where(after, own))
        session.flush()
        for name, row in ((state.best if state else None) or {}).items():
            session.merge(Artifact(run_id=self._run_id, name=name, **row))

    def is_whole(self, state: State) -> bool:
        """Whether the state's file, and the best model of then, hold what they held when they were saved."""
        files = [(state.path, state.sha256), *((row["path"], row["sha256"]) for row in (state.best or {}).values())]
        return all(holds(self._data_dir / path, sha256) for path, sha256 in files)

    def files(self, session: Session) -> set[str]:
        """All paths that are pointed to."""
        mine = {table: table.run_id == self._run_id for table in (State, Artifact)}
        states = session.execute(select(State.path, State.best).where(mine[State]))
        artifacts = session.scalars(select(Artifact.path).where(mine[Artifact]))
        then = [(path, *(row["path"] for row in (best or {}).values())) for path, best in states]
        test = session.scalar(select(Run.test).where(Run.id == self._run_id))
        return {*artifacts, *(path for paths in then for path in paths), *([test["predictions"]] if test else [])}

    def strays(self, session: Session) -> list[str]:
        """Files that trainers of this run left before they could announce them."""
        predictions = session.scalars(select(Epoch.predictions).where(Epoch.run_id == self._run_id))
        needed = {*self.files(session), *predictions}
        there = (self._data_dir / "runs" / self._run_id).glob("e[0-9]*/*")
        return [path for file in there if (path := file.relative_to(self._data_dir).as_posix()) not in needed]

    def remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            (self._data_dir / path).unlink(missing_ok=True)

    def _keep_state(self, session: Session, saved: SavedEpoch) -> None:
        session.flush()
        own = State.run_id == self._run_id
        session.execute(delete(State).where(own, State.epoch <= saved.epoch - STATES_KEPT))
        rows = session.scalars(select(Artifact).where(Artifact.run_id == self._run_id, Artifact.name.in_(BEST)))
        best = {row.name: {key: getattr(row, key) for key in ("epoch", "path", "bytes", "sha256")} for row in rows}
        session.add(
            State(
                run_id=self._run_id,
                epoch=saved.epoch,
                path=self.stored(saved.state),
                sha256=saved.state.sha256,
                best=best,
            )
        )


def holds(path: Path, sha256: str) -> bool:
    """Whether a file can be read and is what was saved."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
