"""The options of an analysis as literals. Nothing is imported here: the API loads them before its first analysis."""

from typing import Literal

Normalize = Literal["none", "true", "pred", "all"]
Kind = Literal["misclassified", "correct", "all"]
Order = Literal["random", "confidence"]
ClassOrder = Literal["stored", "similarity"]
Cells = Literal["all", "nonzero"]
