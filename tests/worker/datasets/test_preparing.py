"""A jobs worker prepares each dataset once, and two datasets at a time."""

import pytest

from backend.settings import Settings
from worker.datasets import preparing


def test_a_dataset_is_not_prepared_twice_at_once(settings: Settings) -> None:
    with preparing._reserve("pets") as first, preparing._reserve("pets") as second:
        assert (first, second) == (True, False)
        preparing.prepare_dataset(settings, "pets")  # returns before it opens a database; there is none

    with preparing._reserve("pets") as again:
        assert again


def test_at_most_two_datasets_are_prepared_at_once() -> None:
    with preparing._reserve("cats"), preparing._reserve("dogs") as second, preparing._reserve("birds") as third:
        assert (second, third) == (True, False)


def test_a_failed_preparation_releases_its_reservation() -> None:
    with pytest.raises(OSError, match="disk"), preparing._reserve("pets"):
        raise OSError("disk")

    with preparing._reserve("pets") as reserved:
        assert reserved
