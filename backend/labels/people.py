"""What people answered about images in quizzes, without knowing the label."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.models import PeopleLabel
from backend.labels.decisions import Key
from backend.labels.schemas import PeopleRead

MIN_ANSWERS = 2  # one person alone may have slipped


def people_of(session: Session, name: str) -> dict[Key, dict[str, int]]:
    """Returns how many people gave each label to the images of a dataset that were in a quiz."""
    answers: dict[Key, dict[str, int]] = {}
    for row in session.scalars(select(PeopleLabel).where(PeopleLabel.dataset == name)):
        answers.setdefault((row.split, row.position), {})[row.label] = row.answers
    return answers


def summarised(answers: dict[str, int], label: str) -> PeopleRead:
    """Returns how many people agree with the label, and the class that most of them named."""
    most = max(answers, key=lambda name: (answers[name], name == label))
    return PeopleRead(answers=sum(answers.values()), agree=answers.get(label, 0), class_=most)


def disagree(people: PeopleRead) -> bool:
    """Returns whether most people, of at least MIN_ANSWERS, named another class than the label."""
    return people.answers >= MIN_ANSWERS and 2 * people.agree < people.answers
