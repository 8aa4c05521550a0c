"""JSON columns are read as they were written."""

import pytest

from backend.db.engine import read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ('"\\udcff.npy"', "\udcff.npy"),  # the name of a file that is not UTF-8, in a traceback
    ],
)
def test_json_is_decoded_with_lone_surrogates_too(text: str, value: object) -> None:
    assert read_json(text) == value
