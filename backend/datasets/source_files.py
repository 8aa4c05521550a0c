"""Original files of built-in datasets that a user provides instead of a download."""

from pathlib import Path

from backend.datasets.built_in import BUILT_IN, SourceFile, downloads_folder
from backend.errors import Invalid
from backend.files import ReceivedFile, sync_folder


def identify(name: str, received: ReceivedFile) -> SourceFile:
    """Returns which file of a built-in dataset this is, by its SHA-256.

    Raises:
        Invalid: it is none of them.
    """
    files = BUILT_IN[name].files if name in BUILT_IN else ()
    for file in files:
        if file.sha256 == received.sha256:
            return file
    known = "; ".join(f"{file.name} ({file.sha256})" for file in files)
    allowed = f"Its files are {known}." if known else "It needs no files."
    raise Invalid(
        f"The body ({received.size:,} bytes) is not a file of {name!r}: its SHA-256 is {received.sha256}. {allowed}"
    )


def store(data_dir: Path, file: SourceFile, received: ReceivedFile) -> None:
    """Moves a received file of a built-in dataset to the folder where workers look for it."""
    folder = downloads_folder(data_dir / "datasets")
    folder.mkdir(parents=True, exist_ok=True)
    received.path.rename(folder / file.name)
    sync_folder(folder)
