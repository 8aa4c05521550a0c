"""Routes of a run as a document: its report and its model card."""

from fastapi import Response
from fastapi.responses import HTMLResponse

from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.api.http.router import Router

router = Router(prefix="/api/runs/{run_id}", tags=["artifacts"])

MARKDOWN = "text/markdown"


@router.get("/report.html", summary="Read the report", response_class=HTMLResponse)
def read_report_page(run: RunDep, session: SessionDep, board: BoardDep) -> HTMLResponse:
    """Returns one HTML file with curves, mistakes, diagnosis, calibration, settings and environment of a run.

    It has no scripts, loads nothing from the network and prints well. A run without predictions has a shorter one.
    """
    from backend.reports.content import read_content
    from backend.reports.html import report_html

    settings = board.settings
    content = read_content(session, settings.data_dir, run, settings.lease_seconds)
    return HTMLResponse(report_html(session, settings.data_dir, content), headers=_file(f"report-{run.id}.html"))


@router.get(
    "/model-card.md",
    summary="Read the model card",
    response_class=Response,
    responses={200: {"description": "The model card", "content": {MARKDOWN: {"schema": {"type": "string"}}}}},
)
def read_model_card(run: RunDep, session: SessionDep, board: BoardDep) -> Response:
    """Returns a model card in Markdown: data, figures with intervals and known limits. People fill in the rest."""
    from backend.reports.content import read_content
    from backend.reports.model_card import model_card

    settings = board.settings
    card = model_card(read_content(session, settings.data_dir, run, settings.lease_seconds))
    return Response(card, media_type=MARKDOWN, headers=_file(f"model-card-{run.id}.md"))


def _file(name: str) -> dict[str, str]:
    """Returns the headers of a document that a browser shows, and saves under this name."""
    return {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-cache"}
