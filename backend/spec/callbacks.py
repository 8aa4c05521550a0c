"""Callbacks with Keras' own names and defaults."""

from pydantic import Field

from backend.spec.part import MONITOR_HELP, Monitor, Part


class Checkpoint(Part):
    monitor: Monitor = Field("val_loss", title="Best epoch by", description=MONITOR_HELP)
    every: int | None = Field(
        None, title="Also keep each n-th epoch", description="empty: only the best and the last", ge=1, le=10_000
    )


class EarlyStopping(Part):
    monitor: Monitor = Field("val_loss", title="Watch", description=MONITOR_HELP)
    patience: int = Field(0, title="Patience", description="epochs without an improvement", ge=0, le=10_000)
    min_delta: float = Field(0.0, title="Least change", description="what counts as an improvement", ge=0, le=1_000)
    restore_best_weights: bool = Field(False, title="End with the best epoch's weights")


class ReduceLr(Part):
    monitor: Monitor = Field("val_loss", title="Watch", description=MONITOR_HELP)
    factor: float = Field(0.1, title="Factor", description="the rate is multiplied by it", gt=0, lt=1)
    patience: int = Field(10, title="Patience", description="epochs without an improvement", ge=0, le=10_000)
    min_delta: float = Field(0.0001, title="Least change", description="what counts as an improvement", ge=0, le=1_000)
    min_lr: float = Field(0.0, title="Lowest rate", ge=0, le=10)


class Callbacks(Part):
    checkpoint: Checkpoint = Checkpoint()
    early_stopping: EarlyStopping | None = Field(None, title="Stop early")
    reduce_lr: ReduceLr | None = Field(None, title="Reduce the learning rate on a plateau")
    terminate_on_nan: bool = Field(True, title="Stop when the loss becomes NaN")
