"""What `datasets add --dry-run` prints: what was found, what may be chosen, and no name that changes the terminal."""

from typing import Any

from standalone.commands.look_text import look_text
from standalone.commands.table import harmless

LOOK: dict[str, Any] = {
    "layout": {
        "description": "Folders train and valid; valid is the test split.",
        "parts": [{"path": "valid/", "text": "2 folders, 8 images", "role": "test", "roles": ["validation"]}],
        "table": None,
    },
    "splits": {"train": 40, "test": 8},
    "classes": [{"name": "=SUM(A1)", "counts": {"train": 40, "test": 8}, "images": []}],
    "left_out": {"count": 1, "items": [{"entry": "a\u202egnp.x\x1b[31m", "reason": "not an image"}]},
    "warnings": [],
    "choices": [
        {
            "option": "contradictions",
            "title": "5 pictures are under two labels",
            "text": "A model can't learn both.",
            "examples": ["a/1.png"],
            "values": [{"value": "leave_out", "title": "Leave both out", "effect": "10 files fewer"}],
            "chosen": "leave_out",
        }
    ],
}


def test_a_look_is_printed_in_the_terminal() -> None:
    assert look_text(LOOK).splitlines() == [
        "Folders train and valid; valid is the test split.",
        "part    used as  found",
        "valid/  test     2 folders, 8 images",
        "class     train  test",
        "=SUM(A1)  40     8",
        "all       40     8",
        "! 5 pictures are under two labels. A model can't learn both.",
        "    a/1.png",
        "  * --contradictions leave_out: Leave both out (10 files fewer)",
        "1 file is left out:",
        "  a\\u202egnp.x\\x1b[31m: not an image",
    ]


def test_names_of_other_scripts_stay_as_they_are() -> None:
    assert harmless("단풍 née 🍁") == "단풍 née 🍁"
