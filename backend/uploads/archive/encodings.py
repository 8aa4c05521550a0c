"""Which encoding bytes have that are no UTF-8: names in a zip, and tables.

A library compares the likely ones. It is made for texts; of single words it takes Chinese for Korean, so the bytes
that common letters have in each encoding come first.
"""

import re

ENCODINGS = {
    "cp932": "Japanese, Shift-JIS",
    "cp949": "Korean, EUC-KR",
    "gb18030": "Chinese, GBK",
    "big5": "Chinese, Big5",
    "euc_jp": "Japanese, EUC-JP",
    "cp1252": "Western European, Windows-1252",
    "cp850": "Western European, DOS",
    "cp437": "as old zips are read, DOS-437",
    "cp1250": "Central European, Windows-1250",
    "cp852": "Central European, DOS",
    "cp1254": "Turkish, Windows-1254",
    "cp1251": "Cyrillic, Windows-1251",
    "cp866": "Cyrillic, DOS",
    "cp1253": "Greek, Windows-1253",
}
"""Codecs of Python that are tried, and what people call them."""

SAMPLE_BYTES = 64 * 1024
WORDS_BEYOND_ASCII = re.compile(rb"[^\r\n\t,;\"]{0,40}[\x80-\xff][^\r\n\t,;\"]*")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

ONE_LETTER = rb"(?<![\x80-\xff])[\x80-\xff]{1,2}(?![\x80-\xff])"  # among those of ASCII, as in größer
WHOLE_WORDS = rb"[\x80-\xff]{3,}"
COMMON_LETTERS = {
    "cp932": rb"[\x82\x83\x88-\x97][\x40-\xfc]",  # kana, kanji of level 1
    "euc_jp": rb"[\xa4\xa5\xb0-\xcf][\xa1-\xfe]",  # kana, kanji of level 1
    "cp949": rb"[\xb0-\xc8][\xa1-\xfe]",  # hangul
    "gb18030": rb"[\xb0-\xd7][\xa1-\xfe]",  # hanzi of level 1
    "big5": rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]",  # hanzi of level 1
    **dict.fromkeys(("cp1251", "cp866", "cp1253"), WHOLE_WORDS),
    **dict.fromkeys(("cp1252", "cp850", "cp437", "cp1250", "cp852", "cp1254"), ONE_LETTER),
}
AT_A_TIE = ("cp932", "cp949", "gb18030", "big5", "cp1252", "cp850", "cp437")
"""In this order, before those that the library ranks."""
SEVERAL_BYTES = ("cp932", "euc_jp", "cp949", "gb18030", "big5")  # a letter has
CYRILLIC_OR_GREEK = ("cp1251", "cp866", "cp1253")

COMMON_HANGUL = frozenset(
    "가각간갈감갑값갓강같개객거건걸검것게겨격견결경계고곡곤골곰곳공과관광괴교구국군굴권귀규균그극근글금급기긴길김까깨꼬꽃꾸꿀끈끝끼나"
    "난날남납낮내너널네녀년념노녹논놀농높누눈느늘능니다단달닭담답당대더덕던데도독돈돌동되두둑둘드득든들등디따딸때떡떨또뜨띠라락란람랑래량"
    "러럭런럼레려력련령로록론롱료루류률르른를름리린림립마막만말망매맥머먹면명모목못몸무묵문물미민밀바박반발밤방배백뱀버번벌범법벨벽변별병보"
    "복본볼봄봉부북분불붕비빈빛빨빵뼈뿌사산살삼상새색생샤서석선설섬성세소속손솔송쇠쇼수숙순술숨숲쉬스슬습승시식신실심싸쌀씨아악안알암압"
    "앙애야약양어억언얼엄업없에여역연열염엽영예오옥온올옷와완왕외요용우운울원월위유육윤율은을음읍응의이인일임입잎자작잔잠잡장재저적전절점접정"
    "제조족존종좋주죽준줄중쥐증지직진질짐집짜쪽차찬찰참창채책처척천철첫청체초촉총최추축출충취치친칠침카칼캐커컴컵케코콩크클키타탁탄탈탐태택"
    "터테토통투트특티파판팔패퍼페펜편평포폭표푸풀품풍프피필하학한할함합항해핵행향허험혁현혈협형혜호혼홍화확환활황회획효후훈휘휴흐흑흔흙희흰히힘"
)
MIN_COMMON_HANGUL = 0.6  # of the hangul in Korean words; of Chinese words that are read as Korean, a quarter is common
ALONE = re.compile(r"(?<=[a-z])[^\x00-\x7f]|[^\x00-\x7f](?=[a-zA-Z])")
"""A letter of several bytes beside small letters of ASCII: most probably, one letter of a European word begins it."""


def likely_encodings(data: bytes) -> list[str]:
    """Returns those of ENCODINGS that the bytes can have, the likeliest first."""
    whole_lines = data if len(data) <= SAMPLE_BYTES else data[:SAMPLE_BYTES].rpartition(b"\n")[0]
    words = b"\n".join(dict.fromkeys(WORDS_BEYOND_ASCII.findall(whole_lines)))
    possible = [encoding for encoding in ENCODINGS if _decodes(words, encoding)]
    order = [encoding for encoding in AT_A_TIE if encoding in possible]
    order += [encoding for encoding in _ranked_by_library(words, possible) if encoding not in order]
    return sorted(order, key=lambda encoding: -_common_share(words, encoding))


def _decodes(words: bytes, encoding: str) -> bool:
    try:
        words.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _ranked_by_library(words: bytes, possible: list[str]) -> list[str]:
    from charset_normalizer import from_bytes  # takes 40 ms, and few uploads need it

    if not possible:
        return []
    matches = from_bytes(words, cp_isolation=possible)
    return list(dict.fromkeys([*(match.encoding for match in matches if match.encoding in possible), *possible]))


def _common_share(words: bytes, encoding: str) -> float:
    """Returns how much of what is beyond ASCII is common and likely letters of the encoding, in tenths."""
    beyond = len(BEYOND_ASCII.findall(words))
    rare = len(BEYOND_ASCII.findall(re.sub(COMMON_LETTERS[encoding], b"", words)))
    return round((1 - rare / beyond) * _likely_share(words.decode(encoding), encoding), 1) if beyond else 0


def _likely_share(text: str, encoding: str) -> float:
    """Returns how much of the text beyond ASCII looks as words do that people write in this encoding."""
    beyond = [character for character in text if character > "\x7f"]
    if encoding in SEVERAL_BYTES:
        likely = 1 - len(ALONE.findall(text)) / len(beyond)
        return likely if encoding != "cp949" or _has_common_hangul(beyond) else likely / 2
    last = "\u04ff" if encoding in CYRILLIC_OR_GREEK else "\u024f"
    pairs = zip(f"\n{text}", text, strict=False)
    wrong = sum(
        not letter.isalpha() or letter > last or (letter.isupper() and before.islower())
        for before, letter in pairs
        if letter > "\x7f"
    )
    return 1 - wrong / len(beyond)


def _has_common_hangul(letters: list[str]) -> bool:
    hangul = [letter for letter in letters if "가" <= letter <= "힣"]
    return sum(letter in COMMON_HANGUL for letter in hangul) >= MIN_COMMON_HANGUL * len(hangul)
