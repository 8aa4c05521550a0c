"""Which images a run sees, and how their pixels are scaled."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, Tag

from backend.spec.part import Part, choose

Scaling = Literal["unit", "signed", "standard", "none"]


class _From(Part):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class FromTest(_From):
    """Validation on the test split itself, as the tutorial does."""

    from_: Literal["test"] = Field("test", alias="from")


class FromTrain(_From):
    """Validation on a part of the training images, seeded, the same share of each class; test stays unseen."""

    from_: Literal["train"] = Field("train", alias="from")
    fraction: float = Field(0.1, title="Share of the training images", ge=0.001, le=0.9)


Validation = Annotated[
    Annotated[FromTest, Tag("test")] | Annotated[FromTrain, Tag("train")],
    choose("from", "test", "train", default="test"),
]


class DatasetSpec(Part):
    name: str = Field(title="Dataset", min_length=1, max_length=64)
    train_limit: int | None = Field(
        None, title="Training images", description="the first N; empty: all", ge=1, le=10_000_000
    )
    test_limit: int | None = Field(
        None, title="Test images", description="the first N; empty: all", ge=1, le=10_000_000
    )
    validation: Validation = Field(FromTest(), title="Validate on")


class Preprocessing(Part):
    scaling: Scaling = Field(
        "unit",
        title="Scale pixels",
        description="unit: 0 to 1; signed: -1 to 1; standard: mean 0, deviation 1; none: 0 to 255",
    )
