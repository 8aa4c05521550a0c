"""Runs that start from another run's best model: whether the weights fit, and the run's own copy of them."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.db.engine import Database
from backend.db.models import Artifact, Dataset, Run
from backend.errors import Conflict, FieldError
from backend.files import SavedFile, link, save_file
from backend.network import Impossible, Layer, Network, describe
from backend.spec import RunSpec

LOC = ("init", "run")
INITIAL = "init.keras"
MAX_LINK_ATTEMPTS = 5  # a training replaces its best model once an epoch at most, and linking takes milliseconds


def refusals(session: Session, source_id: str, network: Network) -> list[FieldError]:
    """Returns why a run of `network` can't start from the run `source_id`.

    Only the layers' classes and sizes are compared; the trainer compares all shapes.
    """
    source = session.get(Run, source_id)
    if source is None:
        return [FieldError(LOC, f"there is no run {source_id!r}; give the id of a run that has a best model")]
    if session.get(Artifact, (source.id, "best.keras")) is None:
        return [FieldError(LOC, f"the run {source.name!r} has no best model yet; choose one that has trained an epoch")]
    difference = _difference(_network_of(session, source), network)
    if difference:
        return [FieldError(LOC, f"the network of {source.name!r} is different: {difference}")]
    return []


def best_model_path(session: Session, spec: RunSpec) -> str | None:
    """Returns the path, below the data folder, of the best model that `spec` starts from; None for random weights."""
    source = session.get(Artifact, (spec.init.run, "best.keras")) if spec.init else None
    return source.path if source else None


def link_weights(database: Database, data_dir: Path, source_id: str, run_id: str) -> Artifact | None:
    """Links the source run's best model into the folder of the new run `run_id`, so that the source may change.

    Returns the row of the file, for `attach`; None if the source has no best model. Call it before the transaction that
    creates the run: the file may have to be copied and is read once to verify it.

    Raises:
        Conflict: the best model is damaged, or it was replaced each time.
    """
    target = data_dir / "runs" / run_id / INITIAL
    for _ in range(MAX_LINK_ATTEMPTS):
        with database.read() as session:
            source = session.get(Artifact, (source_id, "best.keras"))
        if source is None:
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # a training has just replaced its best model
            saved = save_file(target, partial(link, data_dir / source.path))
            return _verified_row(run_id, source, saved, data_dir)
    raise Conflict(
        f"The best model of the run {source_id!r} has no file, or is replaced all the time; try again later."
    )


def attach(session: Session, run: Run, weights: Artifact | None) -> None:
    """Adds the row of the linked file to a new run whose spec has initial weights.

    Raises:
        Conflict: the source got its first best model only after `link_weights` looked for it.
    """
    if run.spec["init"] is None:
        return
    if weights is None:
        raise Conflict(f"The run {run.spec['init']['run']!r} has only just got a best model; send the request again.")
    session.add(weights)


def _verified_row(run_id: str, source: Artifact, saved: SavedFile, data_dir: Path) -> Artifact:
    if saved.sha256 != source.sha256:
        raise Conflict(
            f"The best model of the run {source.run_id!r} is damaged: its SHA-256 is not the stored one. "
            "Start from another run."
        )
    path = saved.path.relative_to(data_dir).as_posix()
    return Artifact(run_id=run_id, name=INITIAL, epoch=source.epoch, path=path, bytes=saved.bytes, sha256=saved.sha256)


def _network_of(session: Session, run: Run) -> Network | None:
    """Returns the network of a run, None where its dataset is gone and the image shape with it."""
    dataset = dataset_read(run.dataset, session.get(Dataset, run.dataset))
    try:
        spec = RunSpec.model_validate(run.spec)
        return describe(spec.model, dataset.image_shape or [], len(dataset.classes or []))
    except Impossible:
        return None


def _difference(source: Network | None, network: Network) -> str:
    """Returns how the layers with weights differ, apart from the last one's width; empty where they do not."""
    if source is None:
        return ""
    source_layers, layers = _with_weights(source), _with_weights(network)
    if len(source_layers) != len(layers):
        return f"it has {len(source_layers)} layers with weights, this one has {len(layers)}"
    for source_layer, layer in list(zip(source_layers, layers, strict=True))[:-1]:
        if (source_layer.class_name, source_layer.parameters) != (layer.class_name, layer.parameters):
            return f"its {_size(source_layer)} stands where this one has {_size(layer)}"
    return ""


def _with_weights(network: Network) -> list[Layer]:
    return [layer for layer in network.layers if layer.parameters]


def _size(layer: Layer) -> str:
    return f"{layer.class_name} of {layer.parameters:,} parameters"
