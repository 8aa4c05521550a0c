"""Configures TensorFlow for a run, and describes what its exact numbers depend on."""

import os
import platform

import keras
import tensorflow as tf

from backend.planning.execution_plan import SMALL_INTER_THREADS, SMALL_INTRA_THREADS
from worker.processor import extension, processor


def configure(seed: int, *, small: bool) -> None:
    """Seeds all generators, makes operations deterministic, and limits the threads for a `small` network.

    Seeds Python's and NumPy's generators too, which a process that waited for its run may have used.
    """
    if small:
        _set_threads(SMALL_INTRA_THREADS, SMALL_INTER_THREADS)
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def describe(precision: str) -> str:
    """Returns one line for the log: versions, threads, device, precision."""
    threading = tf.config.threading
    intra, inter = threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads()
    processors = os.cpu_count() or 1
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}, Python {platform.python_version()}"
    threads = f"intra-op threads {intra or processors}, inter-op threads {inter or processors}"
    return f"{versions}; {threads}; {device()}; {precision}"


def _set_threads(intra: int, inter: int) -> None:
    try:
        tf.config.threading.set_intra_op_parallelism_threads(intra)
        tf.config.threading.set_inter_op_parallelism_threads(inter)
    except RuntimeError:
        return  # TensorFlow has started already, as in a test that trains twice


def has_gpu() -> bool:
    """Returns whether TensorFlow finds a GPU. This does not start it."""
    return bool(tf.config.list_physical_devices("GPU"))


def device() -> str:
    """Returns the name of the device that this process computes on."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return ", ".join(part for part in (processor(), extension()) if part)
    return ", ".join(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus)
