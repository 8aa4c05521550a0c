"""Words by which the columns of a table are known, and the values of a column that names splits."""

import re

from backend.uploads.schemas import PartRole

CLASS_WORDS = (
    *("label", "labels", "class", "classes", "classname", "category", "target", "choice", "choices"),
    *(
        "klasse",
        "kategorie",
        "classe",
        "catégorie",
        "étiquette",
        "clase",
        "categoría",
        "categoria",
        "etiqueta",
        "класс",
    ),
    *("метка", "类别", "标签", "分类", "類別", "標籤", "クラス", "ラベル", "클래스", "라벨", "분류"),
)
OTHER_CLASS_WORDS = (
    *("species", "breed", "level", "grade", "diagnosis", "dx", "finding", "disease", "tag", "genus", "variety", "type"),
    *("kind", "group", "emotion", "expression", "condition", "quality", "sign", "digit", "letter", "character", "name"),
    *(
        "severity",
        "stage",
        "defect",
        "material",
        "style",
        "artist",
        "plant",
        "animal",
        "cultivar",
        "answer",
        "annotation",
    ),
)
CODE_WORDS = ("id", "ids", "idx", "index", "code", "number", "num", "no", "nr", "count", "encoded", "int")
NOT_CLASS_WORDS = (
    *("width", "height", "xmin", "ymin", "xmax", "ymax", "bbox", "x", "area", "path", "date", "time", "created"),
    *(
        "updated",
        "at",
        "annotator",
        "annotated",
        "by",
        "user",
        "url",
        "source",
        "license",
        "size",
        "lead",
        "confidence",
    ),
)
IMAGE_WORDS = ("image", "img", "file", "filename", "filepath", "path", "picture", "photo", "id", "url", "fname")
SPLIT_WORDS = ("split", "set", "subset", "partition", "fold", "kfold", "usage", "phase", "dataset")

SPLIT_VALUES: dict[str, PartRole] = {
    **dict.fromkeys(("train", "training", "trainset", "tr"), "train"),
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
    if not found or set(found) & set(NOT_CLASS_WORDS):
        return -1 if found else 0
    if found == ["y"]:
        return SURE_SCORE
    score = 6 if set(found) & set(CLASS_WORDS) else 3 if set(found) & set(OTHER_CLASS_WORDS) else 0
    if score and set(found) & set(CODE_WORDS):
        return score - 2
    return score + 1 if score and ({*found[1:]} <= {"name"}) else score


def image_score(header: str) -> int:
    found = words(header)
    return len(set(found) & set(IMAGE_WORDS)) if found else 0


def is_split_name(header: str) -> bool:
    found = words(header)
    return bool(set(found) & set(SPLIT_WORDS)) or (len(found) > 1 and bool(set(found) & set(SPLIT_VALUES)))
