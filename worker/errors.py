"""Errors of a worker whose message is shown to the user."""


class DatasetUnavailable(Exception):
    """A dataset can't be prepared. The message says what is missing and what to do."""


class FetchFailed(Exception):
    """A file could not be downloaded. The message gives the address and the reason."""
