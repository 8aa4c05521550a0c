"""Words by which the columns of a table are known, and the values of a column that names splits."""

import re

from backend.uploads.schemas import PartRole


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLASS_WORDS = _set(
    """
    label labels class classes classname category target choice choices klasse kategorie classe catégorie étiquette
    clase categoría categoria etiqueta класс метка 类别 标签 分类 類別 標籤 クラス ラベル 클래스 라벨 분류
    """
)
OTHER_CLASS_WORDS = _set(
    """
    species breed level grade diagnosis dx finding disease tag genus variety type kind group emotion expression
    condition quality sign digit letter character name severity stage defect material style artist plant animal
    cultivar answer annotation
    """
)
"""Names that columns of the class often have, and other columns, too."""

CODE_WORDS = _set("id ids idx index code number num no nr count encoded int")
NOT_CLASS_WORDS = _set(
    """
    region attributes polygon width height xmin ymin xmax ymax bbox x area path date time created updated at annotator
    annotated by user url source license size lead confidence
    """
)
IMAGE_WORDS = _set("image img file filename filepath path picture photo id url fname")
SPLIT_WORDS = _set("split set subset partition fold kfold usage phase dataset")

SPLIT_VALUES: dict[str, PartRole] = {
    **dict.fromkeys(("train", "training", "trainset", "tr", "trainval"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "validate", "publictest"), "validation"),
    **dict.fromkeys(("test", "testing", "testset", "holdout", "eval", "evaluation", "privatetest"), "test"),
}
SURE_SCORE = 4
"""The least `class_score` of a name with one of CLASS_WORDS."""

YES, NO = ("1", "1.0", "true", "yes", "y"), ("0", "0.0", "false", "no", "n", "")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")


def words(header: str) -> list[str]:
    """Returns the words of a column's name in lower case: those of `ClassId` are `class` and `id`."""
    return [word.casefold() for word in WORD.findall(header)]


def class_score(header: str) -> int:
    """Returns how surely a name is that of the class: 0 if it says nothing, less if it speaks of something else."""
    found = words(header)
    if not found or NOT_CLASS_WORDS & set(found):
        return -1 if found else 0
    if found == ["y"]:
        return SURE_SCORE
    score = 6 if CLASS_WORDS & set(found) else 2 if OTHER_CLASS_WORDS & set(found) else 0
    if score and CODE_WORDS & set(found):
        return max(1, score - 2)
    return score + 1 if score and ({*found[1:]} <= {"name"}) else score


def image_score(header: str) -> int:
    found = words(header)
    return len(IMAGE_WORDS & set(found))


def is_split_name(header: str) -> bool:
    found = words(header)
    return bool(SPLIT_WORDS & set(found)) or (len(found) > 1 and bool(SPLIT_VALUES.keys() & set(found)))
