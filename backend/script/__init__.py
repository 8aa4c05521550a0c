"""Writes train.py: what a run trains as plain Keras code, whole functions of the trainer and a template around them."""

from backend.script.render import script
from backend.script.run_script import train_py
from backend.script.script_input import ScriptInput

__all__ = ["ScriptInput", "script", "train_py"]
