"""Reads the file of a model for a dataset: what it is, as a spec's model, and what is otherwise than a run here."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read, find
from backend.datasets.schemas import DatasetRead
from backend.errors import FieldError, Invalid
from backend.model_files.architecture import Architecture
from backend.model_files.ending import ending_of
from backend.model_files.fixes import Fix, fixes_for
from backend.model_files.schemas import ModelError, ModelFix, ModelRead
from backend.network import Impossible, Network, describe
from backend.network.assemble import differing
from backend.network.dialects import Model, Translated, as_json, to_keras_3
from backend.network.dialects.changes import image_shape_of, with_image_shape
from backend.network.plan import Loc, draft
from backend.phrases import sentence
from backend.requests import bad_character
from backend.spec import KerasModel
from backend.spec.plain_json import check_object

ROOT: Loc = ["model", "keras"]
LAYERS: Loc = [*ROOT, "config", "layers"]
ANY_IMAGE = [32, 32, 3]
MAX_ERRORS = 50
VERSION = re.compile(r"\d[\w.+-]{0,18}")


def read_model(architecture: Architecture, dataset: DatasetRead | None) -> ModelRead:
    """Returns what a file holds, compared with a dataset where one is named.

    Raises:
        Invalid: it holds no model of Keras; the message names what it is.
    """
    translated = _translated(architecture.value)
    shape = _image_shape(translated.model, dataset)
    model = with_image_shape(translated.model, shape)
    classes = _classes(model, dataset)
    fixes = fixes_for(translated.model, dataset)
    network, errors = _described(model, shape, classes)
    left = _errors_after(model, fixes, shape, classes) if errors else []
    ending = ending_of(model)
    return ModelRead(
        dialect=_dialect(translated, architecture),
        file=architecture.file,
        name=str(translated.json["config"].get("name", ""))[:128],
        layers=len([entry for entry in model.entries if not entry.is_input]),
        parameters=network.parameters if network else None,
        input_shape=image_shape_of(translated.model),
        outputs=ending.width if ending else None,
        model=_spec_model(model, network),
        notes=[*translated.notes, *(fix.text for fix in fixes if not fix.title), *_weight_notes(architecture)],
        fixes=[_fix(fix, model, shape, classes) for fix in fixes if fix.title],
        errors=_marked(errors, left)[:MAX_ERRORS],
    )


def find_dataset(session: Session, name: str | None) -> DatasetRead | None:
    """Returns the dataset that a file is compared with. Raises NotFound if there is none of that name."""
    return dataset_read(name, find(session, name)) if name is not None else None


def _translated(value: Any) -> Translated:
    try:
        return to_keras_3(value, ROOT)
    except Impossible as error:
        errors = [FieldError(item.loc[len(ROOT) :], _harmless(item.msg)) for item in error.errors]
        raise Invalid(sentence(errors[0].msg), errors) from None


def _image_shape(model: Model, dataset: DatasetRead | None) -> list[int]:
    if dataset and dataset.image_shape:
        return dataset.image_shape
    return [side or default for side, default in zip(image_shape_of(model) or ANY_IMAGE, ANY_IMAGE, strict=True)]


def _classes(model: Model, dataset: DatasetRead | None) -> int:
    ending = ending_of(model)
    return len(dataset.classes) if dataset and dataset.classes else (ending.width if ending else None) or 2


def _described(model: Model, shape: Sequence[int], classes: int) -> tuple[Network | None, list[ModelError]]:
    """Returns the network of a model, or what is wrong with it."""
    json = {"module": "keras", **as_json(model)}
    try:  # without the limits of a spec's JSON: the code of a Lambda is longer than a text may be, and is refused here
        network = describe(KerasModel.model_construct(keras=json), shape, classes)
    except Impossible as impossible:
        return None, [_error(model, error) for error in impossible.errors]
    try:
        check_object(json)
    except ValueError as error:
        return None, [ModelError(loc=[], layer=None, msg=_harmless(f"the model {error}"))]
    return network, []


def _errors_after(model: Model, fixes: Sequence[Fix], shape: Sequence[int], classes: int) -> list[ModelError]:
    """Returns the errors that are left when all fixes are applied."""
    for fix in fixes:
        model = fix.apply(model) if fix.apply else model
    return _described(model, shape, classes)[1]


def _marked(errors: Sequence[ModelError], left: Sequence[ModelError]) -> list[ModelError]:
    """Returns all errors once, and which of them the fixes repair."""
    first = [error.model_copy(update={"fixed": error not in left}) for error in errors]
    return [*first, *(error for error in left if error not in errors)]


def _dialect(translated: Translated, architecture: Architecture) -> str:
    return f"Keras {architecture.version[:20]}" if VERSION.fullmatch(architecture.version) else translated.dialect


def _error(model: Model, error: FieldError) -> ModelError:
    """Returns an error with the name of its layer and its place in the file."""
    rest = list(error.loc)[len(LAYERS) :]
    if list(error.loc[: len(LAYERS)]) != LAYERS or not rest or not isinstance(rest[0], int):
        return ModelError(loc=list(error.loc)[len(ROOT) :], layer=None, msg=_harmless(error.msg))
    msg = error.msg.partition("; allowed are")[0]  # the names of all layers, in the message of each unknown one
    entry = model.entries[rest[0]]
    return ModelError(loc=[*entry.origin[len(ROOT) :], *rest[1:]], layer=entry.name[:128], msg=_harmless(msg))


def _harmless(text: str) -> str:
    """Returns a message without characters that change how it is shown."""
    return "".join("?" if bad_character(letter) else letter for letter in text)


def _fix(fix: Fix, model: Model, shape: Sequence[int], classes: int) -> ModelFix:
    changes = dict(fix.changes)
    if fix.apply:
        changed = fix.apply(model)
        changes["model"] = _spec_model(changed, _described(changed, shape, classes)[0])
    names = [entry.name[:128] for entry in fix.entries]
    return ModelFix(title=fix.title, text=_harmless(fix.text), layers=names, changes=changes, version=fix.version)


def _spec_model(model: Model, network: Network | None) -> dict[str, Any] | None:
    """Returns a stack as a list of layers, which the form shows as rows, and any other model as Keras' JSON.

    None where a spec can't hold it, such as code of a thousand characters.
    """
    layers = [entry.json for entry in model.entries if not entry.is_input]
    if network and network.sequential:
        return {"layers": [{"class_name": layer.class_name, "config": layer.config} for layer in network.layers]}
    if model.sequential and layers:
        result: dict[str, Any] = {"layers": [_layer(layer) for layer in layers]}
    else:
        result = {"keras": {"module": "keras", **as_json(model)}}
    try:
        return check_object(result)
    except ValueError:
        return None


def _layer(entry: dict[str, Any]) -> dict[str, Any]:
    """Returns a layer with the arguments that are not Keras' own defaults, or with all where one is not allowed."""
    class_name, config = entry["class_name"], entry["config"]
    try:
        layer = draft(class_name, config, class_name, [])
    except Impossible:
        return {"class_name": class_name, "config": config}
    return {"class_name": class_name, "config": {"name": layer.values["name"], **differing(layer)}}


def _weight_notes(architecture: Architecture) -> list[str]:
    """Says that weights stay behind, where the file has some, and what else was not read."""
    if not architecture.left:
        return []
    others = [name for name in architecture.left if not name.endswith((".weights.h5", "metadata.json", "/"))]
    known = architecture.file == ".h5"
    notes = ["Only the architecture was read. The weights stay behind: a run starts from new ones."]
    return notes if known or not others else [*notes, f"Not opened: {_harmless(', '.join(others)[:200])}."]
