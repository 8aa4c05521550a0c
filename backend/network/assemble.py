"""Turns a plan into a network: applies each layer's shape rule in the order of the calls, and checks the output."""

from collections.abc import Sequence
from math import prod
from typing import Any

from backend.errors import FieldError
from backend.network.errors import Impossible, Refused, impossible
from backend.network.layer import Layer
from backend.network.layers import COMMON
from backend.network.names import automatic
from backend.network.network import Network
from backend.network.plan import IMAGE, Call, Draft, Plan
from backend.network.shapes import Built, NoRoom, Shape
from backend.phrases import size

MAX_PARAMETERS = 200_000_000
MAX_VALUES = 500_000_000
"""Values of all outputs for one image: 2 GB as float32."""


class WindowTooLarge(Impossible):
    """The window of the layer `draft` is larger than its input."""

    def __init__(self, errors: Sequence[FieldError], draft: Draft, input_shape: Shape) -> None:
        super().__init__(errors)
        self.draft = draft
        self.input_shape = input_shape


def assemble(plan: Plan, image_shape: Sequence[int], classes: int) -> Network:
    """Returns the network of a plan.

    Raises:
        WindowTooLarge: a window is larger than its input.
        Impossible: shapes don't fit or are too large, or the output is not a softmax over the classes.
    """
    built: list[Built] = []
    try:
        _apply(plan, tuple(image_shape), built)
        _check_output(plan, built, classes)
    except Impossible as error:
        error.layers = _layers_of_stack(plan, built)
        raise
    outputs = [prod(call.output) for call in built]
    names = _names(plan.drafts)
    layers = [_layer(draft, names[n], _uses(plan.calls, built, n)) for n, draft in enumerate(plan.drafts)]
    network = Network(
        name=plan.name,
        image_shape=list(image_shape),
        layers=layers,
        calls=plan.calls,
        sequential=plan.sequential and not any(layer.call_arguments for layer in layers),
        input_name=automatic("InputLayer", names),
        largest=max([prod(image_shape), *outputs]),
        values=prod(image_shape) + sum(outputs),
    )
    if network.trainable == 0:
        raise impossible("no layer is trainable, so there is nothing to train", "model")
    return network


def _apply(plan: Plan, image_shape: Shape, built: list[Built]) -> None:
    """Appends what each call builds. The weights of a layer that is used twice must have the same shapes each time."""
    weights: dict[int, tuple[Any, Any]] = {}
    parameters = values = 0
    for call in plan.calls:
        draft = plan.drafts[call.layer]
        inputs = [image_shape if source == IMAGE else built[source].output for source in call.inputs]
        result = _build(draft, inputs)
        is_first_use = call.layer not in weights
        if weights.setdefault(call.layer, (result.trainable, result.other)) != (result.trainable, result.other):
            raise impossible(
                f"{draft.subject} is used twice, and its weights don't fit {size(inputs[0])}: use equal input shapes",
                *draft.loc,
            )
        parameters += sum(map(prod, (*result.trainable, *result.other))) if is_first_use else 0
        values += prod(result.output)
        _check_size(draft, parameters, values)
        built.append(result)


def _build(draft: Draft, inputs: list[Shape]) -> Built:
    try:
        if not draft.kind.merges and len(inputs) > 1:
            raise Refused(f"gets {len(inputs)} inputs and takes one: join them with Add or Concatenate first")
        return draft.kind.rule(draft.values, inputs)
    except Refused as refused:
        loc = [*draft.loc, "config", *refused.path] if refused.path else draft.loc
        errors = [FieldError(loc, f"{draft.subject} {refused.msg}")]
        if isinstance(refused, NoRoom):
            raise WindowTooLarge(errors, draft, inputs[0]) from None
        raise Impossible(errors) from None


def _check_size(draft: Draft, parameters: int, values: int) -> None:
    if parameters > MAX_PARAMETERS:
        what = f"{parameters:,} parameters; at most {MAX_PARAMETERS:,} are allowed"
        raise impossible(f"with {draft.subject} the network has {what}: use fewer units or smaller images", *draft.loc)
    if values > MAX_VALUES:
        what = f"{values:,} values for each image; at most {MAX_VALUES:,} are allowed"
        raise impossible(f"with {draft.subject} the network has {what}: downsample the images earlier", *draft.loc)


def _check_output(plan: Plan, built: Sequence[Built], classes: int) -> None:
    last, output = plan.drafts[plan.calls[-1].layer], built[-1].output
    if not _is_softmax(last, output):
        raise impossible(
            f"the last layer must be a softmax, and {last.subject} is not: end with Dense of {classes} units and the "
            "activation softmax",
            *last.loc,
        )
    if len(output) > 1:
        raise _not_flat(plan, output, classes)
    if output[0] != classes:
        raise _another_width(plan, output[0], classes)


def _not_flat(plan: Plan, output: Shape, classes: int) -> Impossible:
    hint = _last_dense(plan)
    return impossible(
        f"{hint.subject} gives {size(output)} instead of {classes} probabilities: put Flatten before it", *hint.loc
    )


def _another_width(plan: Plan, width: int, classes: int) -> Impossible:
    layer = _sets_width(plan)
    key = {"Dense": "units", "Conv2D": "filters", "SeparableConv2D": "filters"}.get(layer.class_name)
    loc = layer.loc if key is None else [*layer.loc, "config", key]
    return impossible(
        f"the network ends with {width} probabilities, and the dataset has {classes} classes: set "
        f"{key or 'the outputs'} to {classes} in {layer.noun}",
        *loc,
    )


def _is_softmax(last: Draft, output: Shape) -> bool:
    if last.class_name == "Softmax":
        return last.values["axis"] in (-1, len(output), [-1], [len(output)])
    return last.values.get("activation") == "softmax"


def _last_dense(plan: Plan) -> Draft:
    """Returns the last dense layer, or the last layer where there is none: the one that needs a flat input."""
    dense = [call.layer for call in plan.calls if plan.drafts[call.layer].class_name == "Dense"]
    return plan.drafts[dense[-1] if dense else plan.calls[-1].layer]


def _sets_width(plan: Plan) -> Draft:
    """Returns the layer that sets the number of outputs, searched from the end."""
    place = len(plan.calls) - 1
    while place != IMAGE:
        draft = plan.drafts[plan.calls[place].layer]
        if "units" in draft.values or "filters" in draft.values:
            return draft
        place = plan.calls[place].inputs[0]
    return plan.drafts[plan.calls[-1].layer]


def _names(drafts: Sequence[Draft]) -> list[str]:
    """Returns each layer's name, or the name that Keras would give it."""
    names = [draft.values["name"] for draft in drafts]
    for position, draft in enumerate(drafts):
        if names[position] is None:
            names[position] = automatic(draft.class_name, {name for name in names if name})
        elif names.count(names[position]) > 1:
            raise impossible(f"two layers are named {names[position]!r}", *draft.loc, "config", "name")
    return names


def _layers_of_stack(plan: Plan, built: Sequence[Built]) -> list[Layer]:
    """Returns the layers that could be built, without automatic names. In a stack, each layer has one call."""
    drafts = plan.drafts if plan.sequential else []
    return [_layer(draft, draft.values["name"] or "", [result]) for draft, result in zip(drafts, built, strict=False)]


def _uses(calls: Sequence[Call], built: Sequence[Built], layer: int) -> list[Built]:
    return [result for call, result in zip(calls, built, strict=True) if call.layer == layer]


def _layer(draft: Draft, name: str, uses: Sequence[Built]) -> Layer:
    trainable, other = (sum(map(prod, weights)) for weights in (uses[0].trainable, uses[0].other))
    return Layer(
        name=name,
        class_name=draft.class_name,
        config={"name": name, **differing(draft)},
        output_shape=list(uses[-1].output),
        parameters=trainable + other,
        trainable=trainable if draft.values["trainable"] else 0,
        multiplications=sum(built.multiplications for built in uses),
    )


def differing(draft: Draft) -> dict[str, Any]:
    """Returns the arguments that are not Keras' own defaults."""
    fields = {**COMMON, **draft.kind.fields}
    return {
        key: value
        for key, value in draft.values.items()
        if fields[key].kept and key != "name" and value != fields[key].default
    }
