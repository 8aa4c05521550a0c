"""`train.py`: what a run trains, as plain Keras code that runs without us.

No template of the arithmetic: text is made from the source of the very functions that the trainer uses (`lift.py`), for
exactly one spec. Nothing here imports TensorFlow or Keras.
"""

from backend.script.of_run import train_py
from backend.script.page import script
from backend.script.part import Given

__all__ = ["Given", "script", "train_py"]
