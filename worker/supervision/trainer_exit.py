"""How the supervision of a trainer ended, as an enum, and the sentence that the run's log gets about it."""

import enum
import signal
from dataclasses import dataclass

from worker.trainer_lines import EXIT_NO_DATABASE


class TrainerExit(enum.Enum):
    """Why a supervisor no longer watches its trainer."""

    ENDED = "the process exited, or a signal other than SIGKILL ended it"
    KILLED = "the process was killed by SIGKILL"
    LEASE_LOST = "the lease is no longer valid: nothing is left to write"
    LEASE_OVERDUE = "the lease could not be renewed in time"
    NO_DATABASE = "the database did not answer the process"
    WORKER_STOPPING = "the worker shuts down"
    STALLED = "the process made no progress for too long"
    NOT_STARTED = "the process ended, or took too long, before it began its run"


NOT_THE_RUNS_FAULT = (TrainerExit.WORKER_STOPPING, TrainerExit.LEASE_OVERDUE, TrainerExit.NO_DATABASE)


@dataclass(frozen=True)
class Exit:
    """`code` is the process' exit code, negative for a signal; None where the supervisor stopped the process.

    `detail` is the reason where the exit code is none: the message of the database, or for how long nothing happened.
    """

    kind: TrainerExit
    code: int | None = None
    detail: str = ""

    @classmethod
    def of_process(cls, code: int, *, has_begun: bool = True, database_error: str | None = None) -> "Exit":
        if not has_begun:
            return cls(TrainerExit.NOT_STARTED, code)
        if code == EXIT_NO_DATABASE:
            return cls(TrainerExit.NO_DATABASE, code, database_error or "no reason is known")
        return cls(TrainerExit.KILLED if code == -signal.SIGKILL else TrainerExit.ENDED, code)

    @property
    def counts(self) -> bool:
        """Whether the claim counts: three that save no epoch fail the run."""
        return self.kind not in NOT_THE_RUNS_FAULT

    def sentence(self) -> str:
        """Returns the reason for the run's log, without a full stop. A run whose lease is lost gets none."""
        match self.kind:
            case TrainerExit.WORKER_STOPPING:
                return "The worker was shut down"
            case TrainerExit.LEASE_OVERDUE:
                return f"The worker could not renew its lease ({self.detail}), so it stopped the trainer"
            case TrainerExit.NO_DATABASE:
                return f"The database did not answer the trainer ({self.detail})"
            case TrainerExit.STALLED:
                return f"{self.detail}; the worker ended the trainer"
        return _process_sentence(self.code or 0)


def _process_sentence(code: int) -> str:
    if code < 0:
        return f"Trainer process killed ({signal.Signals(-code).name})"
    return f"Trainer process exited with code {code}"
