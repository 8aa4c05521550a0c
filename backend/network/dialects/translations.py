"""The table of translations: what Keras 1, Keras 2, tf.keras and TensorFlow.js write, and what Keras 3 writes instead.

One line is one translation. In the tables by class, the class is Keras 3's own name, and `EVERY` stands for all.
"""

from collections.abc import Callable, Mapping
from typing import Any

EVERY = "every class"
ANY = object()
"""In `LEFT_OUT`: the argument has no effect here, whatever its value is."""

# Modules of Keras 2 and its copies begin with one of these; `keras.engine` held its models.
OLD_MODULES = (
    "keras.engine",
    "keras.src.engine",
    "tensorflow.keras",
    "tensorflow.python.keras",
    "tf_keras",
    "keras.api",
)

MODELS = {"Sequential": "Sequential", "Functional": "Functional", "Model": "Functional"}

# Wrappers around a model: TensorFlow.js, the attribute of an HDF5 file, a spec, and what people write themselves.
WRAPPERS = ("modelTopology", "model_config", "model", "keras", "architecture", "config", "network")

CLASSES = {
    "Convolution2D": "Conv2D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "DepthwiseConvolution2D": "DepthwiseConv2D",
    "MaxPool2D": "MaxPooling2D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
    "SpatialDropout2d": "SpatialDropout2D",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "LSTMV1": "LSTM",
    "GRUV1": "GRU",
}

MERGE_MODES = {
    "sum": "Add",
    "concat": "Concatenate",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
}
"""The layer `Merge` of Keras 1 by its mode."""

OPERATIONS: Mapping[str, tuple[str, dict[str, Any]]] = {
    **dict.fromkeys(("Add", "math.add", "__operators__.add"), ("Add", {})),
    **dict.fromkeys(("Subtract", "math.subtract", "__operators__.sub"), ("Subtract", {})),
    **dict.fromkeys(("Multiply", "math.multiply", "__operators__.mul"), ("Multiply", {})),
    **dict.fromkeys(("Maximum", "math.maximum"), ("Maximum", {})),
    **dict.fromkeys(("Minimum", "math.minimum"), ("Minimum", {})),
    **dict.fromkeys(("Relu", "nn.relu"), ("Activation", {"activation": "relu"})),
    **dict.fromkeys(("Relu6", "nn.relu6"), ("Activation", {"activation": "relu6"})),
    **dict.fromkeys(("Sigmoid", "math.sigmoid"), ("Activation", {"activation": "sigmoid"})),
    **dict.fromkeys(("Silu", "nn.silu", "nn.swish"), ("Activation", {"activation": "silu"})),
    **dict.fromkeys(("Tanh", "math.tanh"), ("Activation", {"activation": "tanh"})),
    **dict.fromkeys(("Softmax", "nn.softmax"), ("Activation", {"activation": "softmax"})),
}
"""Operations on tensors, as `x + y` between layers is stored, that are a layer of their own."""

_CONVOLUTION_1 = {
    "nb_filter": "filters",
    "subsample": "strides",
    "border_mode": "padding",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "bias": "use_bias",
}
_WEIGHTS_1 = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
}
_POOLING_1 = {"border_mode": "padding", "dim_ordering": "data_format"}

ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "InputLayer": {"batch_input_shape": "batch_shape", "input_shape": "shape", "input_dtype": "dtype"},
    "Conv2D": {**_CONVOLUTION_1, **_WEIGHTS_1},
    "SeparableConv2D": {**_CONVOLUTION_1, "depthwise_init": "depthwise_initializer"},
    "DepthwiseConv2D": {**_CONVOLUTION_1, "init": "depthwise_initializer"},
    "Dense": {"output_dim": "units", "bias": "use_bias", **_WEIGHTS_1},
    "MaxPooling2D": _POOLING_1,
    "AveragePooling2D": _POOLING_1,
    "GlobalMaxPooling2D": {"dim_ordering": "data_format"},
    "GlobalAveragePooling2D": {"dim_ordering": "data_format"},
    "UpSampling2D": {"dim_ordering": "data_format"},
    "ZeroPadding2D": {"dim_ordering": "data_format"},
    "Cropping2D": {"dim_ordering": "data_format"},
    "Flatten": {"dim_ordering": "data_format"},
    "Dropout": {"p": "rate"},
    "SpatialDropout2D": {"p": "rate", "dim_ordering": "data_format"},
    "GaussianDropout": {"p": "rate"},
    "GaussianNoise": {"sigma": "stddev"},
    "LeakyReLU": {"alpha": "negative_slope"},
    "ReLU": {"theta": "threshold"},
    "PReLU": {"init": "alpha_initializer"},
    "Concatenate": {"concat_axis": "axis"},
    "BatchNormalization": {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
}
"""Arguments that Keras 3 calls otherwise."""

JOINED = {"kernel_size": ("nb_row", "nb_col")}
"""Arguments that were two in Keras 1."""

_NO_KERNEL = {"kernel_initializer": ANY, "kernel_regularizer": None, "kernel_constraint": None, "groups": 1}

LEFT_OUT: Mapping[str, Mapping[str, Any]] = {
    EVERY: {
        **dict.fromkeys(("batch_input_shape", "input_shape", "input_dim", "input_length"), ANY),
        **dict.fromkeys(("input_dtype", "batch_size", "create_input_layer", "autocast", "dynamic"), ANY),
        **dict.fromkeys(("input_spec", "weights", "activity_regularizer"), None),
        "stateful": False,
    },
    "InputLayer": {"ragged": False, "sparse": False, "optional": False, "type_spec": None},
    "DepthwiseConv2D": {**_NO_KERNEL, "filters": ANY},
    "SeparableConv2D": _NO_KERNEL,
    "BatchNormalization": {"mode": 0, "fused": ANY, "virtual_batch_size": None, "adjustment": None},
}
"""Arguments that Keras 3 has not, and the one value with which they have no effect."""

OBJECTS = {
    "Uniform": "RandomUniform",
    "uniform": "RandomUniform",
    "Normal": "RandomNormal",
    "normal": "RandomNormal",
    "Zero": "Zeros",
    "zero": "Zeros",
    "One": "Ones",
    "one": "Ones",
    "L1L2Regularizer": "L1L2",
    "WeightRegularizer": "L1L2",
    "L1Regularizer": "L1",
    "L2Regularizer": "L2",
    "maxnorm": "MaxNorm",
    "nonneg": "NonNeg",
    "unitnorm": "UnitNorm",
}
"""Classes and names of initializers, regularizers and constraints. The suffixes V1 and V2 are cut off as well."""

OBJECT_ARGUMENTS = {"m": "max_value", "low": "min_value", "high": "max_value"}
OBJECT_LEFT_OUT = ("dtype", "partition_info", "verify_shape")
DISTRIBUTIONS = {"normal": "truncated_normal"}
SCALINGS = {
    (1.0, "fan_avg", "uniform"): "GlorotUniform",
    (1.0, "fan_avg", "truncated_normal"): "GlorotNormal",
    (2.0, "fan_in", "uniform"): "HeUniform",
    (2.0, "fan_in", "truncated_normal"): "HeNormal",
    (1.0, "fan_in", "uniform"): "LecunUniform",
    (1.0, "fan_in", "truncated_normal"): "LecunNormal",
}
"""The initializers that Keras 2 wrote as VarianceScaling with these arguments."""

ACTIVATIONS = {"softmax_v2": "softmax", "relu_v2": "relu", "leaky_relu_v2": "leaky_relu", "elu_v2": "elu"}
DATA_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": None}
POLICIES = ("Policy", "PolicyV1", "DTypePolicy")
DTYPES = ("float16", "float64", "bfloat16", "uint8", "int32")
"""Precisions of a layer that are left out: the run's precision decides, and images come as float32."""


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _borders(value: Any) -> Any:
    """[top, bottom, left, right], as Keras 1 wrote it, as [[top, bottom], [left, right]]."""
    return [value[:2], value[2:]] if isinstance(value, list) and len(value) == 4 else value


def _zero_for_null(value: Any) -> Any:
    return 0.0 if value is None else value


def _named(names: Mapping[str, Any]) -> Callable[[Any], Any]:
    return lambda value: names.get(value, value) if isinstance(value, str) else value


VALUES: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    EVERY: {"data_format": _named(DATA_FORMATS), "activation": _named(ACTIVATIONS)},
    "BatchNormalization": {"axis": _single},
    "ZeroPadding2D": {"padding": _borders},
    "Cropping2D": {"cropping": _borders},
    "ReLU": {"negative_slope": _zero_for_null, "threshold": _zero_for_null},
}
"""Values that Keras 3 writes otherwise."""
