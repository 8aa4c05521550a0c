"""What Keras computes for one image of a run, through the helper of a worker: attention, layers, and what-if."""

from pathlib import Path
from typing import Any

from backend.artifacts.prediction import BestModelReply, call_with_best_model, reply_top
from backend.datasets import registry
from backend.db.engine import Database
from backend.errors import Conflict
from backend.messaging.rpc import HelperClient
from backend.runs.read import get_run
from backend.runs.sample_pages import class_index
from backend.runs.stored_predictions import Split
from backend.samples.image import find_image
from backend.samples.schemas import (
    AttentionQuery,
    AttentionRead,
    Band,
    Bands,
    FeaturesQuery,
    FeaturesRead,
    WhatIf,
    WhatIfRead,
)


class Explainer:
    """Asks the helper about one image of a run. Each question may be refused:

    NotFound: there is no such run or image.
    Conflict: the run has no best model, or its network has no convolution, where one is needed.
    Invalid: there is no such class or layer, or the network's output is not a number.
    Unavailable: no worker responded.
    """

    def __init__(self, database: Database, helper: HelperClient, data_dir: Path, run_id: str, index: int) -> None:
        self._database = database
        self._helper = helper
        self._data_dir = data_dir
        self._run_id = run_id
        self._index = index

    def attention(self, query: AttentionQuery) -> AttentionRead:
        place, classes = self._find(query.split)
        label = class_index(classes, "class", query.class_)
        reply = self._ask(place, kind="attention", label=label, method=query.method)
        values = {**reply.response, "class_": reply.classes[reply.response["label"]]}
        return AttentionRead(**values, method=query.method, epoch=reply.epoch)

    def features(self, query: FeaturesQuery) -> FeaturesRead:
        place, _ = self._find(query.split)
        reply = self._ask(place, kind="features", layer=query.layer)
        return FeaturesRead(**reply.response, epoch=reply.epoch)

    def what_if(self, split: Split, request: WhatIf) -> WhatIfRead:
        place, _ = self._find(split)
        changes = request.model_dump(exclude={"bands"})
        reply = self._ask(place, kind="what_if", changes=changes, bands=request.bands)
        bands = _bands(reply) if request.bands else None
        return WhatIfRead(epoch=reply.epoch, top=reply_top(reply), image=reply.response["image"], bands=bands)

    def _find(self, split: Split) -> tuple[dict[str, Any], list[str]]:
        """Returns where the helper finds the image, and the classes."""
        with self._database.read() as session:
            run = get_run(session, self._run_id)
            image = find_image(session, self._data_dir, run, self._index, split)
            row = registry.find(session, run.dataset)
        assert row is not None  # noqa: S101 - its images were just found
        return {"folder": row.folder, "split": image.stored_split, "index": self._index}, image.classes

    def _ask(self, place: dict[str, Any], **question: Any) -> BestModelReply:
        reply = call_with_best_model(self._database, self._helper, self._run_id, {**place, **question})
        if "refused" in reply.response:
            raise Conflict(reply.response["refused"])
        return reply


def _bands(reply: BestModelReply) -> Bands:
    def band(low: float, high: float, label: int) -> Band:
        return Band(low=low, high=high, class_=reply.classes[label])

    return Bands(**{name: [band(**part) for part in row] for name, row in reply.response["bands"].items()})
