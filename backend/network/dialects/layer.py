"""Brings the class and the arguments of one layer to Keras 3, by the rows of `translations`."""

import re
from collections.abc import Mapping
from typing import Any

from backend.network.dialects import translations as table

Config = dict[str, Any]
Renamed = dict[str, str]
"""What was renamed, old name to new name: the page says it."""

BAD_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]")
OBJECT_ARGUMENT = re.compile(r"\w+_(initializer|regularizer|constraint)")
VERSION = re.compile(r"(?<=[a-z])_?[vV][12]$")


def translated_class(class_name: str, config: Config) -> str:
    if class_name == "Merge":
        return table.MERGE_MODES.get(str(config.get("mode")), class_name)
    return table.CLASSES.get(class_name, class_name)


def translated_config(old_class: str, class_name: str, config: Config, renamed: Renamed) -> Config:
    """Returns the arguments of a layer of Keras 3's class `class_name`, and notes in `renamed` what has a new name."""
    if old_class == "Merge":
        config = _merge_config(class_name, config)
    names = table.ARGUMENTS.get(class_name, {})
    result: Config = {}
    for key, value in _joined(config, renamed).items():
        new_name = names.get(key, key)
        if new_name != key:
            renamed[key] = new_name
        new_value = _value(class_name, new_name, plain(value))
        if new_name not in result and not _is_left_out(class_name, new_name, new_value):
            result[new_name] = new_value
    return result


def plain(value: Any) -> Any:
    """Returns a list for what Keras 2 wrote as an object: a tuple or an array."""
    if not isinstance(value, dict):
        return value
    if value.get("type") == "ndarray" and "value" in value:
        return value["value"]
    if value.get("class_name") == "__tuple__" and isinstance(value.get("items"), list):
        return [plain(item) for item in value["items"]]
    return value


def safe_name(name: str) -> str:
    """Returns a layer's name in letters that Keras 3 takes: Keras 2 also allowed slashes and spaces."""
    name = BAD_IN_NAME.sub("_", name)[:128]
    return f"layer{name}" if name[:1] in ("_", "-", "") else name


def _merge_config(class_name: str, config: Config) -> Config:
    kept = {key: value for key, value in config.items() if key in ("name", "trainable")}
    return {**kept, "axis": config.get("concat_axis", -1)} if class_name == "Concatenate" else kept


def _joined(config: Config, renamed: Renamed) -> Config:
    """Returns the arguments with those that were two joined in one."""
    result = dict(config)
    for name, parts in table.JOINED.items():
        if all(part in config for part in parts):
            result[name] = [result.pop(part) for part in parts]
            renamed[", ".join(parts)] = name
    return result


def _value(class_name: str, name: str, value: Any) -> Any:
    for owner in (table.EVERY, class_name):
        if convert := table.VALUES.get(owner, {}).get(name):
            value = convert(value)
    if OBJECT_ARGUMENT.fullmatch(name):
        return _object(value)
    if name == "dtype":
        return _precision(value)
    return value


def _is_left_out(class_name: str, name: str, value: Any) -> bool:
    if name == "dtype" and value is None:
        return True
    if name == "activity_regularizer" and _is_idle_regularizer(value):
        return True
    for owner in (table.EVERY, class_name):
        rows = table.LEFT_OUT.get(owner, {})
        if name in rows:
            return rows[name] is table.ANY or (
                value == rows[name] and isinstance(value, bool) == isinstance(rows[name], bool)
            )
    return False


def _is_idle_regularizer(value: Any) -> bool:
    config = value.get("config") if isinstance(value, dict) else None
    return isinstance(config, dict) and not any(config.get(key) for key in ("l1", "l2"))


def _object(value: Any) -> Any:
    """Returns an initializer, regularizer or constraint as Keras 3 writes it."""
    if isinstance(value, str):
        return VERSION.sub("", table.OBJECTS.get(value, value))
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("name"), str) and "class_name" not in value:  # Keras 1
        value = {"class_name": value["name"], "config": {key: part for key, part in value.items() if key != "name"}}
    name, config = value.get("class_name"), value.get("config")
    if not isinstance(name, str) or not isinstance(config, dict):
        return value
    new_name = VERSION.sub("", table.OBJECTS.get(name, name))
    return _named_scaling({**_known_module(value), "class_name": new_name, "config": _object_config(config)})


def _named_scaling(value: Config) -> Config:
    """Returns GlorotUniform and its like for the VarianceScaling that is the same."""
    config = value["config"]
    arguments = [config.get(key) for key in ("scale", "mode", "distribution")]
    names = [name for scaling, name in table.SCALINGS.items() if list(scaling) == arguments]
    if value["class_name"] != "VarianceScaling" or not names:
        return value
    return {**value, "class_name": names[0], "config": {"seed": config.get("seed")}}


def _known_module(value: Mapping[str, Any]) -> Config:
    """Returns an object without the module and registered name that only old Keras wrote."""
    module = value.get("module")
    is_old = module is None or is_old_module(module)
    return {key: part for key, part in value.items() if not (is_old and (key == "module" or part is None))}


def _object_config(config: Config) -> Config:
    kept = {key: plain(value) for key, value in config.items() if key not in table.OBJECT_LEFT_OUT}
    named = {table.OBJECT_ARGUMENTS.get(key, key): value for key, value in kept.items()}
    if "distribution" in named and isinstance(named["distribution"], str):
        named["distribution"] = table.DISTRIBUTIONS.get(named["distribution"], named["distribution"])
    return named


def _precision(value: Any) -> Any:
    """Returns a layer's precision, or None where it is not kept: the run's precision decides."""
    is_policy = isinstance(value, dict) and value.get("class_name") in table.POLICIES
    config = value.get("config") if is_policy else None
    name = config.get("name") if isinstance(config, dict) else value
    if isinstance(name, str) and name in table.DTYPES:
        return None
    return name if is_policy and value["class_name"] != "DTypePolicy" else value


def is_old_module(module: Any) -> bool:
    """True for a module of an older Keras, in which its own layers and models lay."""
    return isinstance(module, str) and any(module == old or module.startswith(f"{old}.") for old in table.OLD_MODULES)
