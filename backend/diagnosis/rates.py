"""Learning rates as multiples of an optimizer's usual one, so that rules can compare them."""

from backend.spec import RunSpec

USUAL_RATE = 0.001  # of Adam and its relatives, and Keras' default
USUAL_SGD_RATE = 0.03  # between 0.01 and 0.1; momentum multiplies a step by 1 / (1 - momentum)


def relative_rate(spec: RunSpec) -> float:
    """Returns the learning rate divided by the usual one of its optimizer."""
    optimizer = spec.optimizer
    if optimizer.name != "sgd":
        return optimizer.learning_rate / USUAL_RATE
    return optimizer.learning_rate / (USUAL_SGD_RATE * (1 - getattr(optimizer, "momentum", 0.0)))
