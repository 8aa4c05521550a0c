"""How many datasets a job worker prepares at once."""

import pytest

from backend.settings import Settings
from worker.datasets import preparing


def test_a_dataset_that_is_being_prepared_is_not_prepared_twice(settings: Settings) -> None:
    with preparing._turn("pets") as first, preparing._turn("pets") as second:
        assert (first, second) == (True, False)
        preparing.prepare_dataset(settings, "pets")  # opens no database: there is none

    with preparing._turn("pets") as again:
        assert again


def test_no_more_are_prepared_than_leave_threads_for_quick_questions() -> None:
    with preparing._turn("cats"), preparing._turn("dogs") as second, preparing._turn("birds") as third:
        assert (second, third) == (True, False)


def test_one_that_fails_gives_its_turn_back() -> None:
    with pytest.raises(OSError, match="disk"), preparing._turn("pets"):
        raise OSError("disk")

    with preparing._turn("pets") as ours:
        assert ours
