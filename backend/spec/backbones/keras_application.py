"""A backbone of `keras.applications`, with Keras' own weights, named as Keras names it."""

from typing import ClassVar

from backend.spec.backbones.base import BackbonePart

HOST = "https://storage.googleapis.com/tensorflow/keras-applications"


class KerasApplication(BackbonePart):
    """`folder` is the one on Keras' host that has the file of weights without the last layer."""

    source: ClassVar[str] = "weights of keras.applications"
    folder: ClassVar[str]

    @classmethod
    def address(cls) -> str:
        """Returns where the file of weights is on the network."""
        return f"{HOST}/{cls.folder}/{cls.file}"
