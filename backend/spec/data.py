"""Which images a run reads, which of them validate, and how their pixels are scaled."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import ConfigDict, Field

from backend.requests import Line
from backend.spec.choices import Choices
from backend.spec.part import Part

Scaling = Literal["unit", "signed", "standard", "none"]


class ValidationPart(Part):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    title: ClassVar[str]
    leaves_test_unseen: ClassVar[bool] = True
    """Whether no test image validates, so that the best model is scored once on the test split at the end."""


class FromTest(ValidationPart):
    """Validates on the test split itself, as the tutorial does."""

    from_: Literal["test"] = Field("test", alias="from")

    title: ClassVar[str] = "The test split"
    leaves_test_unseen: ClassVar[bool] = False


class FromTrain(ValidationPart):
    """Validates on a seeded part of the training images, the same share of each class; the test split stays unseen."""

    from_: Literal["train"] = Field("train", alias="from")
    fraction: float = Field(0.1, title="Fraction of the training images", ge=0.001, le=0.9)

    title: ClassVar[str] = "A part of the training images"


class FromValidation(ValidationPart):
    """Validates on all images of the validation split, where the dataset has one; the test split stays unseen."""

    from_: Literal["validation"] = Field("validation", alias="from")

    title: ClassVar[str] = "The validation split"


VALIDATIONS: Choices[ValidationPart] = Choices("from", FromTest, FromTrain, FromValidation, default=FromTest)

if TYPE_CHECKING:
    Validation = FromTest | FromTrain | FromValidation
else:
    Validation = VALIDATIONS.union()


class DatasetSpec(Part):
    name: Line = Field(
        title="Dataset",
        description="NAME@2 is version 2; NAME is the newest",
        min_length=1,
        max_length=72,  # a name of 64, and the number of a version
    )
    train_limit: int | None = Field(
        None, title="Training images", description="the first N; empty for all", ge=1, le=10_000_000
    )
    test_limit: int | None = Field(
        None, title="Test images", description="the first N; empty for all", ge=1, le=10_000_000
    )
    validation: Validation = Field(FromTest(), title="Validation images")


class Preprocessing(Part):
    scaling: Scaling = Field(
        "unit",
        title="Pixel scaling",
        description="unit: 0 to 1; signed: -1 to 1; standard: mean 0, standard deviation 1; none: 0 to 255",
    )
