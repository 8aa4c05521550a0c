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
    WORKER_STOPPING = "the worker shuts down"
    NOT_STARTED = "the process ended, or took too long, before it began its run"


@dataclass(frozen=True)
class Exit:
    """`code` is the process' exit code, negative for a signal; None where the supervisor stopped the process."""

    kind: TrainerExit
    code: int | None = None

    @classmethod
    def of_process(cls, code: int, *, has_begun: bool = True) -> "Exit":
        if not has_begun:
            return cls(TrainerExit.NOT_STARTED, code)
        return cls(TrainerExit.KILLED if code == -signal.SIGKILL else TrainerExit.ENDED, code)

    def sentence(self) -> str:
        """Returns the reason for the run's log, without a full stop. A run whose lease is lost gets none."""
        match self.kind:
            case TrainerExit.WORKER_STOPPING:
                return "The worker was shut down"
            case TrainerExit.LEASE_OVERDUE:
                return "The database did not answer; the worker stopped the trainer before the lease expired"
        return _process_sentence(self.code or 0)


def _process_sentence(code: int) -> str:
    if code == EXIT_NO_DATABASE:
        return "The database did not answer the trainer"
    if code < 0:
        return f"Trainer process killed ({signal.Signals(-code).name})"
    return f"Trainer process exited with code {code}"
