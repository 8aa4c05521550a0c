"""The folder of a stored dataset, for those that read none of its images: importing this needs no NumPy."""

UNFINISHED_SUFFIX = ".writing"
ORIGINAL = "original.zip"  # in the folder of an upload whose zip is kept (`worker.datasets.originals`)


class DatasetDamaged(Exception):
    """A stored dataset can't be read. The message names the folder and the cause."""
