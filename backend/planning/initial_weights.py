"""Runs that start from another run's best model: whether the weights fit, and the run's own copy of them."""

from pathlib import Path

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.db.models import Artifact, Dataset, Run
from backend.errors import FieldError
from backend.files import link
from backend.network import Impossible, Layer, Network, describe
from backend.spec import RunSpec

LOC = ("init", "run")
INITIAL = "init.keras"


def refusals(session: Session, source_id: str, network: Network) -> list[FieldError]:
    """Returns why a run of `network` can't start from the run `source_id`.

    Only the layers' classes and sizes are compared; the trainer compares all shapes.
    """
    source = session.get(Run, source_id)
    if source is None:
        return [FieldError(LOC, f"there is no run {source_id!r}; give the id of a run that has a best model")]
    if session.get(Artifact, (source.id, "best.keras")) is None:
        return [FieldError(LOC, f"the run {source.name!r} has no best model yet; take one that has trained an epoch")]
    difference = _difference(_network_of(session, source), network)
    if difference:
        return [FieldError(LOC, f"the network of {source.name!r} is another one: {difference}")]
    return []


def keep_weights(session: Session, data_dir: Path, run: Run) -> None:
    """Links the source run's best model into the folder of `run`, so that the source may change or be deleted."""
    init = run.spec["init"]
    source = session.get(Artifact, (init["run"], "best.keras")) if init else None
    if source is None:
        return
    path = Path("runs", run.id, INITIAL)
    (data_dir / path).parent.mkdir(parents=True, exist_ok=True)
    link(data_dir / source.path, data_dir / path)
    session.add(
        Artifact(
            run_id=run.id,
            name=INITIAL,
            epoch=source.epoch,
            path=path.as_posix(),
            bytes=source.bytes,
            sha256=source.sha256,
        )
    )


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
