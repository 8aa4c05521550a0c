"""What the trainer's process does around a training."""

import tempfile
from pathlib import Path

from worker.trainer import temporary_folder


def test_temporary_files_of_libraries_end_with_the_training() -> None:
    before = tempfile.gettempdir()

    with temporary_folder():
        with tempfile.NamedTemporaryFile(delete=False) as file:
            written = Path(file.name)
        assert written.exists()
        assert written.parent.parent == Path(before)

    assert not written.parent.exists()
    assert tempfile.gettempdir() == before
