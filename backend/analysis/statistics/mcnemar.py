"""McNemar's exact test: whether two models that were scored on the same images differ by more than chance."""

import math

from backend.analysis.statistics.distributions import binomial_cdf

SIGNIFICANT = 0.05
SMALLEST_SHOWN = 1e-6


def p_value(only_first: int, only_second: int) -> float:
    """Returns the two-sided p-value of the exact binomial test on the images that only one model gets right.

    If the models were equally good, each of these images would be the first's or the second's by a fair coin.
    """
    discordant = only_first + only_second
    return min(1.0, 2 * binomial_cdf(min(only_first, only_second), discordant, 0.5))


def p_value_better(only_first: int, only_second: int) -> float:
    """Returns the one-sided p-value: how likely the second would be right on so many more images by a fair coin."""
    return binomial_cdf(only_first, only_first + only_second, 0.5)


def sentence(only_first: int, only_second: int) -> str:
    """Returns the result in words, with A for the first model and B for the second."""
    if only_first == only_second == 0:
        return "A and B are right on exactly the same images."
    p = p_value(only_first, only_second)
    counts = f"B is right on {_images(only_second)} where A is wrong, and wrong on {only_first:,} where A is right"
    if p >= SIGNIFICANT:
        return f"{counts}: that difference may be chance, {in_words(p)}."
    return f"{counts}: {'B' if only_second > only_first else 'A'} is better, {in_words(p)}."


def in_words(p: float) -> str:
    """Returns `p = 0.034`, with one digit more where a number is smaller, or `p < 0.000001`."""
    if p < SMALLEST_SHOWN:
        return f"p < {SMALLEST_SHOWN:.6f}"
    return f"p = {p:.{max(3, -math.floor(math.log10(p)))}f}"


def _images(number: int) -> str:
    return f"{number:,} image" if number == 1 else f"{number:,} images"
