"""TensorFlow on this machine: threads, seeds, and what of it decides whether numbers come out the same again."""

import os
import platform

import keras
import tensorflow as tf

from backend.planning.execution_plan import SMALL_INTER_THREADS, SMALL_INTRA_THREADS
from worker.processor import extension, processor


def settle(seed: int, *, small: bool) -> None:
    """Make what follows repeatable, and choose threads for a `small` network where TensorFlow has not started yet.

    Also sets Python's and NumPy's generators, which a process that waited for its run may have used.
    """
    if small:
        _set_threads(SMALL_INTRA_THREADS, SMALL_INTER_THREADS)
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def describe(precision: str) -> str:
    """One line for the log: versions, threads, device, precision."""
    threading = tf.config.threading
    intra, inter = threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads()
    processors = os.cpu_count() or 1
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}, Python {platform.python_version()}"
    threads = f"threads in an operation {intra or processors}, operations at once {inter or processors}"
    return f"{versions}; {threads}; {device()}; {precision}"


def _set_threads(intra: int, inter: int) -> None:
    try:
        tf.config.threading.set_intra_op_parallelism_threads(intra)
        tf.config.threading.set_inter_op_parallelism_threads(inter)
    except RuntimeError:
        return  # TensorFlow has started, as it has in a test that trains twice: its threads stay as they are


def device() -> str:
    """The name of what this process computes on."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return ", ".join(part for part in (processor(), extension()) if part)
    return ", ".join(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus)
