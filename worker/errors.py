"""What a worker tells a person in one sentence."""


class DatasetUnavailable(Exception):
    """A dataset can't be had: says what is missing and what to do about it."""
