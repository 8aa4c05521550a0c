"""Says in sentences and rows what the folders and names of a zip were taken for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from backend.datasets.schemas import UploadOptions
from backend.phrases import first_few
from backend.uploads.layout.file_names import NamePattern
from backend.uploads.layout.parts import FoundImage, ZipPart
from backend.uploads.schemas import Choice, ChoiceValue, Notice, Part, PartRole

ROLES: list[PartRole] = ["train", "validation", "test", "left_out"]
MAX_EXAMPLES = 3


def part_row(part: ZipPart, labeled: int) -> Part:
    """Returns the row of a part, of which `labeled` images have a class."""
    folders = {image.folders for image in part.images if image.folders}
    counted = _counted(len(part.images), "image")
    if part.role is None:
        return Part(path=_top_names(part.images), text=_with_folders(counted, len(folders)), role="classes")
    if not part.folder:
        return Part(path=_top_names(part.images), text=f"{counted} in no folder", role="left_out")
    if part.is_used and not labeled:
        text = f"{counted} in no class folder; a trained model can classify them in Try it"
        return Part(path=f"{part.folder}/", text=text, role="left_out", roles=ROLES)
    return Part(path=f"{part.folder}/", text=_with_folders(counted, len(folders)), role=part.role, roles=ROLES)


def described_folders(rows: Iterable[Part]) -> str:
    used = [row for row in rows if row.role in ("train", "validation", "test")]
    if not used:
        return "Each class has a folder."
    folders = " and ".join(", ".join(row.path.rstrip("/") for row in used).rsplit(", ", 1))
    roles = {row.role: row.path.rstrip("/") for row in used}
    if "validation" in roles and "test" not in roles:
        return f"Folders {folders}; {roles['validation']} is the test split."
    return f"Folders {folders} are the splits." if len(used) > 1 else f"Folder {folders} has a folder for each class."


def described_names(pattern: NamePattern, example: str) -> str:
    label = pattern.class_of(example)
    return f"The class is in the names of the files, {pattern.text}" + (f": {label} of {example}." if label else ".")


def names_notice(description: str, images: Sequence[FoundImage]) -> Notice:
    """Returns the notice of a zip whose names say the classes although no option chose them."""
    step = "If they say something else, put the images of each class into a folder of its own."
    examples = [image.entry.name for image in images[:MAX_EXAMPLES]]
    return Notice(title="No folders say the classes", text=f"{description} {step}", examples=examples)


def labels_choice(pattern: NamePattern, images: Sequence[FoundImage], options: UploadOptions) -> Choice | None:
    """Returns the question whether folders or names say the classes, or None unless classes by name lie in several.

    Names that are only numbered anew in each folder, such as `a/ct_00.tif` and `b/ct_00.tif`, say no class.
    """
    folders = defaultdict(set)
    for image in images:
        if image.folders and (label := pattern.class_of(image.name)):
            folders[label].add(image.folders[0])
    is_numbering = 2 * sum(map(len, folders.values())) > len(images) and options.labels_from != "names"
    if is_numbering or not any(len(found) > 1 for found in folders.values()):
        return None
    by_folder = sorted({folder for found in folders.values() for folder in found})
    return Choice(
        option="labels_from",
        title="Names say classes, too",
        text=f"Folders are taken for the classes. The names say others, {pattern.text}.",
        values=[
            ChoiceValue(value="folders", title=first_few(by_folder), effect=_counted(len(by_folder), "class")),
            ChoiceValue(value="names", title=first_few(sorted(folders)), effect=_counted(len(folders), "class")),
        ],
        examples=[image.entry.name for image in images[:MAX_EXAMPLES]],
        chosen=options.labels_from or "folders",
    )


def _top_names(images: Iterable[FoundImage]) -> str:
    return first_few(sorted({f"{image.folders[0]}/" if image.folders else image.name for image in images}))


def _with_folders(images: str, folders: int) -> str:
    return f"{_counted(folders, 'folder')}, {images}" if folders else images


def _counted(number: int, noun: str) -> str:
    """Returns a number in digits with its noun, since these stand below each other."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"1 {noun}" if number == 1 else f"{number:,} {plural}"
