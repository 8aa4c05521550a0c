"""Distributions of SciPy, which takes 0.2 s to import."""

from backend.analysis.statistics.scipy_import import SCIPY_IMPORT


def binomial_cdf(successes: int, trials: int, probability: float) -> float:
    with SCIPY_IMPORT:
        from scipy.special import bdtr
    return float(bdtr(successes, trials, probability))


def student_t_cdf(degrees: float, value: float) -> float:
    with SCIPY_IMPORT:
        from scipy.special import stdtr
    return float(stdtr(degrees, value))


def student_t_quantile(degrees: float, probability: float) -> float:
    with SCIPY_IMPORT:
        from scipy.special import stdtrit
    return float(stdtrit(degrees, probability))
