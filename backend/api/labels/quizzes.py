"""Routes of quizzes: people name the images that a run finds hard."""

from typing import Annotated

from fastapi import Body, Path

from backend.api.deps import BoardDep, RunDep, RunId, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Items
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.labels import quizzes
from backend.labels.quizzes import AnswersCreate, QuizCreate, QuizRead, QuizResult
from backend.runs.read import get_run

router = Router(prefix="/api", tags=["labels"])

QuizId = Annotated[str, Path(description="id of the quiz, which is in its link")]


@router.post(
    "/runs/{run_id}/quizzes",
    status_code=201,
    dependencies=[WriteSlot],
    summary="Make a quiz of a run's hard images",
    responses=problems(404, 409),
)
def create_quiz(
    run_id: RunId, board: BoardDep, request: Annotated[QuizCreate, Body(openapi_examples=examples.QUIZ)]
) -> QuizRead:
    """Draws twenty validation images, mistakes of the best epoch and hits that it was least sure of. The page
    `/quiz/ID` asks people for their classes.
    """
    with board.database.read() as session:
        run = get_run(session, run_id)
        stored, samples = quizzes.hard_images(session, board.settings.data_dir, run, request.seed)
    with board.database.write() as session:
        return quizzes.create_quiz(session, get_run(session, run_id, lock=True), stored, samples)


@router.get("/runs/{run_id}/quizzes", summary="List quizzes of a run")
def list_quizzes(run: RunDep, session: SessionDep) -> Items[QuizRead]:
    """Lists the quizzes of a run, at most 50, newest first, with the best players of each."""
    return Items(items=quizzes.list_quizzes(session, run))


@router.get("/quizzes/{quiz_id}", summary="Read a quiz")
def read_quiz(quiz_id: QuizId, session: SessionDep) -> QuizRead:
    """Returns the images and classes of a quiz, without the labels, and the best players."""
    return quizzes.read_quiz(session, quizzes.find_quiz(session, quiz_id))


@router.post(
    "/quizzes/{quiz_id}/answers",
    status_code=201,
    dependencies=[WriteSlot],
    summary="Answer a quiz",
    responses=problems(404, 409),
)
def answer_quiz(
    quiz_id: QuizId, request: Annotated[AnswersCreate, Body(openapi_examples=examples.ANSWERS)], board: BoardDep
) -> QuizResult:
    """Stores the answers of one player, once for each nickname, and returns both scores and what each image is. An
    image that most people name differently than its label is listed among the suspects of its dataset.
    """
    with board.database.write() as session:
        return quizzes.answer(session, quiz_id, request)
