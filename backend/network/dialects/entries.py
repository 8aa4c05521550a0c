"""`Model` and `Entry`: a model in the JSON of Keras 3 while it is brought there, and where each layer came from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.network.plan import Loc

Json = dict[str, Any]
Use = tuple[str, int]
"""A layer's name and the number of its use."""


@dataclass
class Entry:
    """One layer. `origin` is its place in what was sent; `inner` is the model that it is, where it is one."""

    json: Json
    origin: Loc
    inner: "Model | None" = None

    @property
    def name(self) -> str:
        """The layer's name; that of a nested model may stand in its config alone. Empty where there is none."""
        config = self.json["config"]
        name = self.json.get("name") or (config.get("name") if isinstance(config, dict) else None)
        return name if isinstance(name, str) else ""

    def rename(self, name: str) -> None:
        config = self.json["config"]
        self.json = {
            **self.json,
            **({"name": name} if "name" in self.json else {}),
            "config": {**config, "name": name} if isinstance(config, dict) else config,
        }

    @property
    def is_input(self) -> bool:
        return self.json.get("class_name") == "InputLayer"

    @property
    def nodes(self) -> list[Any]:
        """One item for each use of the layer in a functional model."""
        nodes = self.json.get("inbound_nodes")
        return nodes if isinstance(nodes, list) else []


@dataclass
class Model:
    """`config` is that of Keras 3 without its layers."""

    sequential: bool
    config: Json
    entries: list[Entry] = field(default_factory=list)

    @property
    def inputs(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_input]


def tensor(name: str, use: int = 0) -> Json:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, use, 0]}}


def node(tensors: list[Any], kwargs: Json | None = None) -> Json:
    """Returns one call of a layer with these tensors."""
    return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": kwargs or {}}


def as_use(history: Any) -> Use | None:
    """Returns [name, use, tensor] as a use; None where it is something else."""
    if isinstance(history, list) and len(history) >= 2 and isinstance(history[0], str):
        number = history[1]
        if isinstance(number, int) and not isinstance(number, bool):
            return history[0], number
    return None


def history_of(value: Any) -> Use | None:
    """Returns the use whose output a tensor of Keras 3 is; None where the value is no tensor."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        return as_use(config.get("keras_history")) if isinstance(config, dict) else None
    return None


def uses_in(value: Any) -> list[Use]:
    """Returns the uses whose outputs occur in a node."""
    if use := history_of(value):
        return [use]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [use for part in parts for use in uses_in(part)]


def replaced(value: Any, new_use: Callable[[Use], Use]) -> Any:
    """Returns a node with each tensor replaced by the output of another use."""
    if use := history_of(value):
        return tensor(*new_use(use))
    if isinstance(value, dict):
        return {key: replaced(part, new_use) for key, part in value.items()}
    return [replaced(part, new_use) for part in value] if isinstance(value, list) else value


def end_of(config: Json, key: str) -> Use | None:
    """Returns the only one of `input_layers` or `output_layers`; None where there are several."""
    ends = config.get(key)
    if isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], list):
        ends = ends[0]
    return as_use(ends)
