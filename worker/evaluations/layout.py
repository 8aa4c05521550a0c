"""Places images on a plane so that those with similar features are close: t-SNE."""

import os
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from worker.evaluations.output import Progress

PERPLEXITY = 30.0  # neighbours that count for an image; fewer where there are few images
MIN_IMAGES = 10  # fewer are placed by their two principal components
SMALL_IMAGES = 3_000  # up to so many, Barnes-Hut in one thread takes less time than interpolation
COMPONENTS = 50  # of the features that t-SNE gets: the rest is noise that costs time
ITERATIONS = 500  # after 250 with exaggeration
STEP = 50  # iterations between two reports
EXAGGERATED = 250

Array = npt.NDArray[np.float32]


def layout(features: Array, progress: Progress) -> Array:
    """Returns a place for each row of features, float32 (n, 2), from -1 to 1 in the longer direction."""
    components = principal_components(features)
    if len(components) >= MIN_IMAGES and components.shape[1]:
        places = tsne(components, progress)
    else:
        places = np.pad(components, ((0, 0), (0, 2)))[:, :2]
    places = places - (places.max(axis=0) + places.min(axis=0)) / 2
    scaled: Array = (places / max(np.abs(places).max(), 1e-9)).astype(np.float32)
    return scaled


def principal_components(features: Array) -> Array:
    """Returns the first components, at most COMPONENTS, the widest first; none of equal rows."""
    centred = features - features.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    widest = np.argsort(-variances)[:COMPONENTS]
    components: Array = centred @ directions[:, widest[variances[widest] > 0]]
    return components


def tsne(components: Array, progress: Progress) -> Array:
    """Arranges rows by openTSNE. It begins with the first two components, so that the same rows give the same map."""
    from openTSNE import TSNE

    is_large = len(components) > SMALL_IMAGES
    return np.asarray(
        TSNE(
            perplexity=min(PERPLEXITY, (len(components) - 1) / 3),
            n_iter=ITERATIONS,
            early_exaggeration_iter=EXAGGERATED,
            initialization=first_places(components),
            neighbors="exact",
            negative_gradient_method="fft" if is_large else "bh",
            callbacks=reporter(progress),
            callbacks_every_iters=STEP,
            n_jobs=(os.cpu_count() or 1) if is_large else 1,
            random_state=0,
        ).fit(components)
    )


def first_places(components: Array) -> npt.NDArray[np.float64]:
    """Returns the first two components, so small that t-SNE can move them, and equal images on different points."""
    start = np.pad(components, ((0, 0), (0, 1)))[:, :2]
    jitter = np.random.default_rng(0).normal(scale=1e-6, size=start.shape)
    places: npt.NDArray[np.float64] = start / start[:, 0].std() * 1e-4 + jitter
    return places


def reporter(progress: Progress) -> Callable[..., None]:
    """Returns a callback of openTSNE that reports the part of the iterations that is done."""
    done = iter(range(STEP, EXAGGERATED + ITERATIONS + STEP, STEP))

    def report(*_: object) -> None:
        progress(min(1.0, next(done, 0) / (EXAGGERATED + ITERATIONS)))

    return report
