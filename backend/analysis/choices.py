"""The words that choose within an analysis, without imports: the API says them before its first analysis."""

from typing import Literal

Normalize = Literal["none", "true", "pred", "all"]
Kind = Literal["misclassified", "correct", "all"]
Order = Literal["random", "confidence"]
