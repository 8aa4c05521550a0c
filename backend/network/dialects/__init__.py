"""Old and foreign spellings of a model, brought to the JSON of Keras 3: Keras 1.2 to 2.15, tf.keras, TensorFlow.js.

The spellings are rows of `translations`. To know one more, add a line there.
"""

from backend.network.dialects.conversion import Translated, as_json, to_keras_3
from backend.network.dialects.entries import Entry, Model

__all__ = ["Entry", "Model", "Translated", "as_json", "to_keras_3"]
