"""Reads JSON as rows: one object per line or per item of a list, or an object of files and labels."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from backend.uploads.archive.rules import InvalidZip
from backend.uploads.tables.rows.text import Text

SUFFIXES = (".json", ".jsonl", ".ndjson")
NAMED_BY = 100  # objects, whose keys are the columns
MAX_JSON_BYTES = 16 * 1024**2  # its objects take ten times as much memory
BOX_KEYS = (
    b'"bbox"', b'"boxes"', b'"segmentation"', b'"polygon"', b'"bndbox"', b'"objects"', b'"shapes"',
    b'"rectanglelabels"', b'"polygonlabels"', b'"brushlabels"', b'"keypointlabels"',
)  # fmt: skip
BAD_JSON = (ValueError, RecursionError)
BOXES = (
    "has boxes or outlines of objects, not a class for each image. Export the set for classification, with a folder "
    "for each class (in Roboflow: Folder Structure), or cut the objects out into such folders."
)


@dataclass(frozen=True)
class JsonTable:
    """Objects in JSON as rows; there are none where the JSON is no table."""

    objects: list[dict[str, Any]]

    def rows(self) -> Iterator[list[str]]:
        """Yields the names of the values, then those of each object."""
        names = list(dict.fromkeys(key for item in self.objects[:NAMED_BY] for key in item))
        if names:
            yield names
            yield from ([_cell(item.get(name)) for name in names] for item in self.objects)


def read_json(text: Text) -> JsonTable:
    """Raises InvalidZip if the JSON is too large, or its objects have boxes."""
    if any(key in text.content for key in BOX_KEYS):
        raise InvalidZip(f"{text.file} {BOXES}")
    if len(text.content) > MAX_JSON_BYTES:
        raise InvalidZip(f"{text.file} has more than {MAX_JSON_BYTES // 1024**2} MiB of JSON; write the labels as CSV.")
    return JsonTable(list(_objects(text.content.decode(text.encoding, "replace"))))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(text)
    except BAD_JSON:
        yield from _objects_of_lines(text.splitlines())
        return
    if isinstance(value, dict):
        yield from _objects_of_object(value)
    elif isinstance(value, list):
        yield from map(_label_studio_row, _dicts(value))


def _objects_of_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            value = json.loads(line) if line.strip() else None
        except BAD_JSON:
            return
        if isinstance(value, dict):
            yield value


def _objects_of_object(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the images of COCO with their categories, or one object for each entry of `{"a.jpg": "cat"}`."""
    if isinstance(value.get("images"), list) and isinstance(value.get("annotations"), list):
        files = {_cell(item.get("id")): item.get("file_name") for item in _dicts(value["images"])}
        names = {_cell(item.get("id")): item.get("name") for item in _dicts(value.get("categories"))}
        for item in _dicts(value["annotations"]):
            category = item.get("category_id")
            yield {"file": files.get(_cell(item.get("image_id"))), "label": names.get(_cell(category), category)}
    elif all(isinstance(item, str | int) for item in value.values()):
        yield from ({"file": key, "label": item} for key, item in value.items())


def _label_studio_row(task: dict[str, Any]) -> dict[str, Any]:
    """Returns a task of Label Studio's full export as its data and the choices of its annotations, others as is."""
    data, annotations = task.get("data"), task.get("annotations", task.get("completions"))
    if not isinstance(data, dict) or not isinstance(annotations, list):
        return task
    results = [result for item in _dicts(annotations) for result in _dicts(item.get("result"))]
    values = [result["value"] for result in results if isinstance(result.get("value"), dict)]
    choices = [choice for value in values if isinstance(value.get("choices"), list) for choice in value["choices"]]
    names = list(dict.fromkeys(choice for choice in choices if isinstance(choice, str)))
    return {**data, "choice": names[0] if len(names) == 1 else names}


def _dicts(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
