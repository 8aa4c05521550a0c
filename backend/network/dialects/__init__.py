"""Spellings of older Keras and of TensorFlow.js, brought to the JSON of Keras 3 by a table of translations."""

from backend.network.dialects.conversion import Translated, as_json, to_keras_3
from backend.network.dialects.entries import Entry, Model

__all__ = ["Entry", "Model", "Translated", "as_json", "to_keras_3"]
