"""Still improving: training and validation loss both fall at the last epoch."""

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.noise import LEAST_PART, MANY, accuracy_error
from backend.diagnosis.trends import still_falls
from backend.network import Impossible, describe
from backend.phrases import percent

MIN_FALL = 0.05  # of a loss, in the last third of the epochs
MIN_OF_TOTAL = 0.15  # of the fall since the first epoch, which counts where a loss is still near chance
MIN_LAG = 0.05  # of the accuracy in test mode behind that of training, which dropout and augmentation only lower
LATE = 2  # the lowest validation loss is in one of the last two epochs


def still_improving(case: Case) -> Finding | None:
    if not still_improves(case):
        return None
    before = -1 - case.recent
    return Finding(
        kind="still_improving",
        title="Still improving when training ended",
        since_epoch=case.epochs[before],
        reasons=_reasons(case),
        evidence={
            "val_loss_before": float(case.val_loss[before]),
            "last_val_loss": float(case.val_loss[-1]),
            "train_loss_before": float(case.train_loss[before]),
            "last_train_loss": float(case.train_loss[-1]),
        },
        next=remedies.offered(
            case.spec,
            (
                remedies.epochs(case.spec, 2),
                remedies.learning_rate(case.spec, 3),
                remedies.epochs(case.spec, 4),
            ),
        ),
    )


def _reasons(case: Case) -> list[str]:
    validation, train, before = case.val_loss, case.train_loss, -1 - case.recent
    lowest = case.epochs[int(validation.argmin())]
    dips = [f"The lowest validation loss is that of epoch {lowest}; the rise after it is too small to count."]
    return [
        f"In the last {case.recent} epochs validation loss fell from {validation[before]:.3g} to "
        f"{validation[-1]:.3g}, and training loss from {train[before]:.3g} to {train[-1]:.3g}.",
        "The training and the validation images are different ones, and chance seldom lowers the loss of both.",
        *(dips if lowest != case.epochs[-1] else []),
        *lagging_averages(case),
    ]


def still_improves(case: Case) -> bool:
    """Whether both losses fall at the end. A fall within the noise counts only while training is not far ahead."""
    if case.ended_by != "epochs" or not case.is_finite or len(case.epochs) <= case.recent:
        return False
    if len(case.epochs) - int(case.val_loss.argmin()) > LATE:
        return False
    last, fall = float(case.val_loss[-1]), float(case.val_loss[-1 - case.recent] - case.val_loss[-1])
    noise = MANY * case.val_loss_error(-1)
    if fall < noise < last - case.train_loss[-1]:
        return False
    return all(still_falls(loss, case.recent, MIN_FALL, MIN_OF_TOTAL) for loss in (case.val_loss, case.train_loss))


def lagging_averages(case: Case) -> list[str]:
    """Says that batch normalization makes the model worse than its training: its moving averages are still behind."""
    tested, trained = float(case.train_accuracy[-1]), float(case.column("accuracy")[-1])
    lag = max(MIN_LAG, MANY * accuracy_error(tested, LEAST_PART))
    if not (case.is_train_evaluated and trained - tested > lag and trains_batch_normalization(case)):
        return []
    return [
        f"{percent(trained)} of the training images were right during training, but only {percent(tested)} in test "
        "mode: the moving averages of batch normalization, which predictions use, are behind the weights. More steps "
        "help: more epochs, more images or smaller batches."
    ]


def trains_batch_normalization(case: Case) -> bool:
    """Whether there are moving averages that follow the weights: those of a frozen layer do not move.

    Returns False where the dataset is gone.
    """
    if not case.image_shape:
        return False
    try:
        network = describe(case.spec.model, case.image_shape, len(case.classes))
    except Impossible:
        return False  # written by a version that allowed more
    return any(
        layer.class_name == "BatchNormalization" and layer.config.get("trainable", True) for layer in network.layers
    )
