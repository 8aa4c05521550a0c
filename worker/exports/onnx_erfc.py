"""TensorFlow's `Erfc` in ONNX as 1 − Erf: Keras computes GELU by it, and tf2onnx doesn't know it."""

from typing import Any

import numpy as np


class Erfc:
    """A handler of tf2onnx; the name of its method says from which operator set on it may be used."""

    @classmethod
    def version_9(cls, ctx: Any, node: Any, **_: Any) -> None:
        """Replaces the node in tf2onnx' graph."""
        shapes, dtypes = node.output_shapes, node.output_dtypes
        ctx.remove_node(node.name)
        one = ctx.make_const(f"{node.name}/one", np.ones((), np.float32))
        erf = ctx.make_node("Erf", node.input, shapes=shapes, dtypes=dtypes)
        ctx.make_node("Sub", [one.output[0], erf.output[0]], outputs=node.output, shapes=shapes, dtypes=dtypes)


def register_erfc() -> None:
    """Has tf2onnx, which is imported here, convert `Erfc`."""
    from tf2onnx.handler import tf_op

    tf_op("Erfc")(Erfc)
