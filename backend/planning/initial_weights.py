"""Runs that begin with the weights of another run's best model: whether they fit, and a copy of them of one's own."""

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


def refusals(session: Session, spec: RunSpec, network: Network) -> list[FieldError]:
    """Why a run of this network can't begin as `spec.init` says; whether all shapes agree the trainer sees."""
    if spec.init is None:
        return []
    source = session.get(Run, spec.init.run)
    if source is None:
        return [FieldError(LOC, f"there is no run {spec.init.run!r}; give the id of a run that has a best model")]
    if session.get(Artifact, (source.id, "best.keras")) is None:
        return [FieldError(LOC, f"the run {source.name!r} has no best model yet; take one that has trained an epoch")]
    differs = _difference(_network_of(session, source), network)
    return [FieldError(LOC, f"the network of {source.name!r} is another one: {differs}")] if differs else []


def keep_weights(session: Session, data_dir: Path, run: Run) -> None:
    """Give a run that begins with another's weights a file of its own with them, whatever becomes of the other."""
    given = run.spec["init"]
    source = session.get(Artifact, (given["run"], "best.keras")) if given else None
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
    """None where its dataset is gone, and its shapes with it."""
    dataset = dataset_read(run.dataset, session.get(Dataset, run.dataset))
    try:
        spec = RunSpec.model_validate(run.spec)
        return describe(spec.model, dataset.image_shape or [], len(dataset.classes or []))
    except Impossible:
        return None


def _difference(source: Network | None, network: Network) -> str:
    """What of the layers with weights differs, the last one's width aside; empty where nothing does."""
    if source is None:
        return ""
    theirs, ours = (_with_weights(one) for one in (source, network))
    if len(theirs) != len(ours):
        return f"it has {len(theirs)} layers with weights, this one has {len(ours)}"
    for other, own in list(zip(theirs, ours, strict=True))[:-1]:
        if (other.class_name, other.parameters) != (own.class_name, own.parameters):
            return f"its {_named(other)} stands where this one has {_named(own)}"
    return ""


def _with_weights(network: Network) -> list[Layer]:
    return [layer for layer in network.layers if layer.parameters]


def _named(layer: Layer) -> str:
    return f"{layer.class_name} of {layer.parameters:,} parameters"
