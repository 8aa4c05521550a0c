"""Names and tables that are not UTF-8: short words are enough to find their encoding."""

import pytest

from backend.uploads.archive.encodings import likely_encodings


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "größer\nkleiner"),
        ("cp1252", "señal"),
        ("cp932", "ねこ\nいぬ"),
        ("cp932", "カエデ\nイチョウ"),
        ("cp949", "고양이"),
        ("cp949", "단풍나무\n참나무"),
        ("gb18030", "枫树\n橡树\n银杏"),
        ("big5", "銀杏\n貓"),
        ("cp1251", "кошка\nсобака"),
        ("cp866", "кошка\nсобака"),
        ("cp1253", "γάτα\nσκύλος"),
    ],
)
def test_the_encoding_of_a_few_words_is_found(encoding: str, words: str) -> None:
    table = "file;label\n" + "\n".join(f"{n}.jpg;{word}" for n, word in enumerate(words.split()))

    assert likely_encodings(words.encode(encoding))[0] == encoding
    assert likely_encodings(table.encode(encoding))[0] == encoding
