"""Confidence intervals of 95 % for accuracies, and for the difference of two accuracies on the same images."""

import math

Interval = tuple[float, float]
Z = 1.959963984540054  # standard normal quantile of 0.975: intervals of 95 %


def wilson(right: int, images: int) -> Interval:
    """Returns Wilson's score interval of the share `right` of `images`, which stays between 0 and 1."""
    share, weight = right / images, Z**2 / images
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)


def paired_difference(only_first: int, only_second: int, images: int) -> Interval:
    """Returns the interval of the second accuracy minus the first, on the same images, by Bonett and Price (2012).

    `only_first` is the number of images that only the first gets right.
    """
    first, second = (only_first + 1) / (images + 2), (only_second + 1) / (images + 2)
    half = Z * math.sqrt((first + second - (second - first) ** 2) / (images + 2))
    return max(-1.0, second - first - half), min(1.0, second - first + half)
