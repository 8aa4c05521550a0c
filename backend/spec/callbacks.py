"""Callbacks with Keras' own names and defaults."""

from pydantic import Field

from backend.spec.part import MAX_EPOCHS, MONITOR_HELP, Monitor, Part


class Checkpoint(Part):
    monitor: Monitor = Field("val_loss", title="Best model by", description=MONITOR_HELP)
    every: int | None = Field(
        None,
        title="Also save every n-th epoch",
        description="empty for the best and the last only",
        ge=1,
        le=MAX_EPOCHS,
    )


class EarlyStopping(Part):
    monitor: Monitor = Field("val_loss", title="Monitor", description=MONITOR_HELP)
    patience: int = Field(0, title="Patience", description="epochs without an improvement", ge=0, le=MAX_EPOCHS)
    min_delta: float = Field(
        0.0, title="Minimum change", description="smaller changes are no improvement", ge=0, le=1_000
    )
    restore_best_weights: bool = Field(False, title="Restore the best weights at the end")


class ReduceLr(Part):
    monitor: Monitor = Field("val_loss", title="Monitor", description=MONITOR_HELP)
    factor: float = Field(0.1, title="Factor", description="multiplies the learning rate", gt=0, lt=1)
    patience: int = Field(10, title="Patience", description="epochs without an improvement", ge=0, le=MAX_EPOCHS)
    min_delta: float = Field(
        0.0001, title="Minimum change", description="smaller changes are no improvement", ge=0, le=1_000
    )
    min_lr: float = Field(0.0, title="Minimum learning rate", ge=0, le=10)


class Callbacks(Part):
    checkpoint: Checkpoint = Checkpoint()
    early_stopping: EarlyStopping | None = Field(None, title="Early stopping")
    reduce_lr: ReduceLr | None = Field(None, title="Reduce the learning rate on a plateau")
    terminate_on_nan: bool = Field(True, title="Stop if the loss becomes NaN")
