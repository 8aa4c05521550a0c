"""Confidence intervals of 95 %: of accuracies, of F1, and of the difference of two accuracies on the same images."""

import math

Interval = tuple[float, float]
Z = 1.959963984540054  # standard normal quantile of 0.975: intervals of 95 %
FEW_IMAGES = 10  # of a class: with fewer, even a recall of 100 % may be one of 72 %


def wilson(right: int, images: int) -> Interval:
    """Returns Wilson's score interval of the share `right` of `images`, which stays between 0 and 1."""
    share, weight = right / images, Z**2 / images
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)


def f1_interval(right: int, missed: int, wrong: int) -> Interval:
    """Returns the interval of a class' F1 by the Wilson indirect method of Lam, Gopal and Qian (arXiv 2309.14621).

    `right` images of the class are predicted as it, `missed` are not, and `wrong` images of other classes are. F1 is
    2 J / (1 + J) for the share J of `right` among all these images, and rises with it: Wilson's interval of J is
    transformed.
    """
    low, high = wilson(right, right + missed + wrong)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def paired_difference(only_first: int, only_second: int, images: int) -> Interval:
    """Returns the interval of the second accuracy minus the first, on the same images, by Bonett and Price (2012).

    `only_first` is the number of images that only the first gets right.
    """
    first, second = (only_first + 1) / (images + 2), (only_second + 1) / (images + 2)
    half = Z * math.sqrt((first + second - (second - first) ** 2) / (images + 2))
    return max(-1.0, second - first - half), min(1.0, second - first + half)
