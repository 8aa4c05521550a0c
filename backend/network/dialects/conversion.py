"""Brings a model of any dialect to the JSON of Keras 3, and errors about that JSON back to what was sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.errors import FieldError
from backend.network.dialects import translations as table
from backend.network.dialects.channels import with_channels_last
from backend.network.dialects.entries import Json, Model, Use, as_use, replaced
from backend.network.dialects.flatten import END, as_stack, flatten
from backend.network.dialects.foreign import foreign
from backend.network.dialects.layer import Renamed, is_old_module, safe_name
from backend.network.dialects.model import MODEL_MODULE, read_model
from backend.network.dialects.unwrap import unwrap
from backend.network.errors import Impossible, impossible
from backend.network.names import free
from backend.network.plan import Loc

VERSION = re.compile(r"\d{1,2}(\.\d{1,3}){1,2}")
KERAS_1 = frozenset(("nb_filter", "border_mode", "output_dim", "p", "W_regularizer", "bias"))
INNER_MODEL = "A model inside the model was replaced by its layers."
CHANNELS_FIRST = (
    "Its channels came first; the network is the same with the channels last, as the images here have them."
)
MAX_NAMED = 6
MAX_TEXT = 40


@dataclass(frozen=True)
class Translated:
    """`json` is `model` as Keras 3 writes it. `sent` is what it was made of, at `root`.

    `notes` are sentences about what was changed; `dialect` names the program that wrote it.
    """

    model: Model
    json: Json
    sent: Any = field(repr=False)
    root: Loc = field(repr=False)
    dialect: str = "Keras 3"
    notes: list[str] = field(default_factory=list)

    def located(self, error: Impossible) -> Impossible:
        """Returns the error with places in what was sent."""
        return Impossible([FieldError(self._place(list(item.loc)), item.msg) for item in error.errors])

    def _place(self, loc: Loc) -> Loc:
        layers: Loc = [*self.root, "config", "layers"]
        rest = loc[len(layers) :]
        if loc[: len(layers)] == layers and rest and isinstance(rest[0], int) and rest[0] < len(self.model.entries):
            loc = [*self.model.entries[rest[0]].origin, *rest[1:]]
        return [*self.root, *_existing(self.sent, loc[len(self.root) :])]


def to_keras_3(sent: Any, root: Loc) -> Translated:
    """Returns the model that `sent` holds, in the JSON of Keras 3. `root` is the place of `sent` for errors.

    Raises:
        Impossible: it is no model of Keras.
    """
    found = unwrap(sent, root)
    model = found.value
    if not isinstance(model, dict) or model.get("class_name") not in list(table.MODELS):
        raise impossible(foreign(model), *found.loc)
    renamed: Renamed = {}
    read = read_model(model, found.loc, renamed)
    flat, notes = _flat(read)
    return Translated(
        model=flat,
        json=_written(flat, model),
        sent=sent,
        root=root,
        dialect=_dialect(model, found.versions, found.loc, renamed),
        notes=[*_renaming_notes(renamed), *notes],
    )


def _flat(model: Model) -> tuple[Model, list[str]]:
    """Returns a model without models inside, with channels last and names that Keras 3 takes; and what was changed."""
    notes = []
    flat = flatten(model)
    if flat is not model:
        flat = as_stack(flat)
        notes.append(INNER_MODEL)
    if with_channels_last(flat):
        notes.append(CHANNELS_FIRST)
    return flat, notes + _rename_all(flat)


def _existing(sent: Any, keys: Sequence[str | int]) -> Loc:
    """Returns the keys as far as they lead in `sent`, by their old names; one that is missing may be the last."""
    place: Loc = []
    for number, new_key in enumerate(keys, start=1):
        key = new_key
        if isinstance(sent, dict):
            key = next((old for old in (key, *OLD_NAMES.get(key, ())) if old in sent), key)
        is_inside = key in sent if isinstance(sent, dict) else isinstance(sent, list) and key in range(len(sent))
        if not is_inside and not (isinstance(sent, dict) and number == len(keys)):
            break
        place.append(key)
        sent = sent[key] if is_inside else None
    return place


def _old_names() -> dict[str | int, list[str]]:
    names: dict[str | int, list[str]] = {new: list(old) for new, old in table.JOINED.items()}
    for rows in table.ARGUMENTS.values():
        for old, new in rows.items():
            names.setdefault(new, []).append(old)
    return names


OLD_NAMES = _old_names()


def _rename_all(model: Model) -> list[str]:
    """Gives layers names that Keras 3 takes. Returns the sentence about it."""
    taken = {entry.name for entry in model.entries}
    names: dict[str, str] = {}
    for entry in model.entries:
        if (name := safe_name(entry.name)) != entry.name:
            name = names[entry.name] = free(name, taken)
            taken.add(name)
            entry.rename(name)
    _rename_ends(model, names)
    if not names:
        return []
    examples = ", ".join(list(names.values())[:MAX_NAMED])
    return [f"{len(names):,} layers have names that Keras 3 does not take, and got others: {examples}."]


def _rename_ends(model: Model, names: dict[str, str]) -> None:
    def renamed(use: Use) -> Use:
        return names.get(use[0], use[0]), use[1]

    for entry in model.entries:
        if entry.nodes and names:
            entry.json = {**entry.json, "inbound_nodes": [replaced(call, renamed) for call in entry.nodes]}
    for key in ("input_layers", END):
        model.config[key] = _renamed_end(model.config.get(key), names)
        if model.config[key] is None:
            del model.config[key]
    if isinstance(name := model.config.get("name"), str):
        model.config["name"] = safe_name(name)


def _renamed_end(ends: Any, names: dict[str, str]) -> Any:
    if isinstance(ends, list) and as_use(ends):
        return [names.get(ends[0], ends[0]), *ends[1:]]
    return [_renamed_end(end, names) for end in ends] if isinstance(ends, list) and len(ends) <= MAX_TEXT else ends


def _written(model: Model, sent: Json) -> Json:
    """Returns a model as Keras 3 writes it, with what `sent` has beside its config."""
    kept = {key: value for key, value in sent.items() if key != "registered_name"}
    if sent.get("module") is None or is_old_module(sent["module"]):
        kept["module"] = MODEL_MODULE
    if sent.get("registered_name") not in (None, sent["class_name"]):
        kept["registered_name"] = sent["registered_name"]  # a registered class, which is refused
    return {**kept, **as_json(model)}


def as_json(model: Model) -> Json:
    config = {**model.config, "layers": [entry.json for entry in model.entries]}
    return {"class_name": "Sequential" if model.sequential else "Functional", "config": config}


def _renaming_notes(renamed: Renamed) -> list[str]:
    if not renamed:
        return []
    pairs = [f"{old[:MAX_TEXT]} → {new}" for old, new in renamed.items()]
    more = f" and {len(pairs) - MAX_NAMED} more" if len(pairs) > MAX_NAMED else ""
    return [f"Old names were replaced by those of Keras 3: {', '.join(pairs[:MAX_NAMED])}{more}."]


def _dialect(model: Json, versions: Sequence[str], loc: Loc, renamed: Renamed) -> str:
    """Returns what wrote the model: `Keras 2.2.4`, `TensorFlow.js (Keras 2.15.0)`."""
    texts = [text for text in (model.get("keras_version"), *versions) if isinstance(text, str)]
    version = next((match.group() for text in texts if "tfjs" not in text and (match := VERSION.search(text))), None)
    name = f"Keras {version}" if version else _unnamed_dialect(model, renamed)
    if "modelTopology" in loc or any("tfjs" in text for text in texts):
        return f"TensorFlow.js ({name})" if version else "TensorFlow.js"
    return name


def _unnamed_dialect(model: Json, renamed: Renamed) -> str:
    if model.get("module"):
        return "Keras 3"
    if KERAS_1.intersection(renamed):
        return "Keras 1"
    return "Keras 2" if renamed else "Keras"
