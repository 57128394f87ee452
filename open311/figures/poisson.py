"""Exact intervals of Poisson counts (Garwood, Biometrika 28:437, 1936)."""

from functools import lru_cache
from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist

MOST_STEPS = 10_000
PRECISION = 1e-14


@lru_cache(maxsize=10_000)
def poisson_interval(count: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of the mean of a count.

    An expected number may be given for the count, for the limits around it.
    """
    tail = (1 - level) / 2
    low = gamma_quantile(count, tail) if count > 0 else 0.0
    return low, gamma_quantile(count + 1, 1 - tail)


def gamma_quantile(shape: float, share: float) -> float:
    """Return where the gamma distribution of a shape and scale 1 reaches a share.

    By Newton's method from the approximation of Wilson and Hilferty, kept between bounds.
    """
    normal = NormalDist().inv_cdf(share)
    x = shape * max(1 - 1 / (9 * shape) + normal / (3 * sqrt(shape)), 1e-3) ** 3
    low, high = 0.0, inf
    for _step in range(200):
        excess = gamma_share(shape, x) - share
        low, high = (low, x) if excess > 0 else (x, high)
        step = excess / exp((shape - 1) * log(x) - x - lgamma(shape))
        if abs(step) <= 1e-12 * x:
            return x - step
        near = x - step
        if not low < near < high:
            near = 2 * x if high == inf else (low + high) / 2
        x = near
    return x


def gamma_share(shape: float, x: float) -> float:
    """Return the share of the gamma distribution of a shape and scale 1 up to x.

    By a series below the mean, and by a continued fraction above it (DLMF 8.11.4 and 8.9.2).
    """
    weight = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        return weight * _series(shape, x)
    return 1 - weight * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1 / shape
    for step in range(1, MOST_STEPS):
        term *= x / (shape + step)
        total += term
        if term < total * PRECISION:
            break
    return total


def _fraction(shape: float, x: float) -> float:
    """Return the continued fraction by Lentz's method."""
    tiny = 1e-300
    b = x + 1 - shape
    c, d = 1 / tiny, 1 / (b or tiny)
    total = d
    for step in range(1, MOST_STEPS):
        a = step * (shape - step)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        total *= c * d
        if abs(c * d - 1) < PRECISION:
            break
    return total
