"""Batches for Keras: each a function of the seed, the epoch and the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import LabelledImages
from resnet_dsl.laboratory.data.by_name import NamedExamples
from resnet_dsl.laboratory.training.chance import permutation
from resnet_dsl.weights import InputScaling, Scaling

Values = NDArray[np.float32]

SAMPLE = 10_000
"""Images, evenly spaced, that mean and deviation are taken from where a set does not lie in memory."""

ROUNDING = 1e-14
"""A variance of less than this share of the squared mean is what float32 makes of a constant."""

LEAST_DEVIATION, LEAST_SHARE = 1e-6, 1e-6
"""What the values of a channel must differ by, in their own units and as a share of their mean."""

DECODERS = 4
"""Threads that decode batches ahead where images do not lie in memory."""


@dataclass(frozen=True, eq=False)
class Normalisation:
    """What is subtracted from each channel and divides it: mean and standard deviation of the training set."""

    mean: Values
    deviation: Values

    def __call__(self, images: Values) -> Values:
        normalised: Values = (images - self.mean) / self.deviation
        return normalised

    @property
    def scaling(self) -> InputScaling | None:
        """The same as numbers, for the layer that a trained model begins with; None where it changes nothing."""
        if not self.mean.any() and (self.deviation == 1).all():
            return None
        variance = np.square(self.deviation.astype(np.float64))
        return InputScaling(tuple(self.mean.tolist()), tuple(variance.tolist()))

    @property
    def told(self) -> dict[str, Any]:
        """The numbers in JSON's terms."""
        return {"mean": self.mean.tolist(), "deviation": self.deviation.tolist()}

    @classmethod
    def by(cls, scaling: InputScaling) -> Normalisation:
        """That of a model's file."""
        return cls(np.asarray(scaling.mean, np.float32), np.sqrt(np.asarray(scaling.variance)).astype(np.float32))

    @classmethod
    def of(cls, examples: LabelledImages) -> Normalisation:
        """That of a training set: of all its images where they lie in memory, else of a sample."""
        count = len(examples) if examples.images.in_memory else min(SAMPLE, len(examples))
        picks = np.arange(count, dtype=np.int64) * len(examples) // count
        total, squares, pixels = 0.0, 0.0, 0
        for at in range(0, count, 1024):
            values = examples.read(picks[at : at + 1024]).astype(np.float64)
            values = values.reshape(-1, values.shape[-1])
            total, squares, pixels = total + values.sum(0), squares + np.square(values).sum(0), pixels + len(values)
        mean = np.asarray(total / pixels)
        variance = squares / pixels - mean**2
        deviation = np.sqrt(np.where(variance > ROUNDING * mean**2, variance, 0))
        _check_deviation(mean, deviation)
        return cls(mean.astype(np.float32), np.where(deviation > 0, deviation, 1).astype(np.float32))


def _check_deviation(mean: NDArray[np.float64], deviation: NDArray[np.float64]) -> None:
    """Refuses channels whose values differ by less than Keras' layer divides by, or than float32 tells apart."""
    varies = deviation > 0
    small = varies & (deviation < np.maximum(LEAST_DEVIATION, LEAST_SHARE * np.abs(mean)))
    if small.any():
        channel = int(np.flatnonzero(small)[0])
        raise Failure(
            f"the images hardly differ: channel {channel} has the mean {mean[channel]:.3g} and the deviation "
            f"{deviation[channel]:.3g}",
            "scale and shift the values, for instance to 0 to 255",
        )


@dataclass(frozen=True)
class Share:
    """Which part of every batch this process feeds: the ``index``-th of ``count`` equal ones."""

    index: int = 0
    count: int = 1

    def of(self, batch: int) -> slice:
        """The positions of this process in a batch; ``batch`` is a multiple of ``count``."""
        size = batch // self.count
        return slice(self.index * size, (self.index + 1) * size)


class Normalises(Protocol):
    """A normalisation of what enters, of one input or of several."""

    @property
    def scaling(self) -> Scaling | None: ...

    @property
    def told(self) -> dict[str, Any]: ...

    def __call__(self, images: Any) -> Any: ...


@dataclass(frozen=True, eq=False)
class Feed:
    """Where batches come from and what is done to them. ``augmenter`` None: nothing.

    Of a network with several inputs or outputs, examples, what is done to them and batches have a part for each name.
    """

    examples: LabelledImages | NamedExamples
    normalisation: Normalises
    batch_size: int
    share: Share = Share()
    augmenter: Callable[..., Any] | None = None

    @property
    def threads(self) -> int:
        return 1 if self.examples.in_memory else DECODERS


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one epoch from ``first_step`` on. The examples left over when the last is full wait an epoch."""

    def __init__(self, feed: Feed, seed: int, epoch: int, first_step: int = 0) -> None:
        super().__init__(workers=feed.threads)
        self.feed, self.epoch, self.first_step = feed, epoch, first_step
        self.order = permutation(seed, epoch, len(feed.examples))

    def __len__(self) -> int:
        return len(range(self.first_step, len(self.order) // self.feed.batch_size))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """Images, shape (share of the batch, *shape), and labels, shape (share of the batch,)."""
        feed, step = self.feed, self.first_step + index
        part = feed.share.of(feed.batch_size)
        picks = self.order[step * feed.batch_size : (step + 1) * feed.batch_size][part]
        images = feed.normalisation(feed.examples.read(picks))
        if feed.augmenter is not None:
            images = feed.augmenter(images, self.epoch, step, feed.batch_size, part.start)
        return _alone(images), _alone(feed.examples.targets(picks))


class EvaluationBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """All examples in their order; the last batch is filled up to its size with the first example, at weight 0."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(workers=feed.threads)
        self.feed = feed

    def __len__(self) -> int:
        return len(range(0, len(self.feed.examples), self.feed.batch_size))

    def __getitem__(self, index: int) -> tuple[Any, Any, Values]:
        """Images, labels and weights, each with the batch axis first."""
        feed = self.feed
        positions = np.arange(index * feed.batch_size, (index + 1) * feed.batch_size)[feed.share.of(feed.batch_size)]
        weights = (positions < len(feed.examples)).astype(np.float32)
        picks = np.where(weights > 0, positions, 0)
        images = feed.normalisation(feed.examples.read(picks))
        return _alone(images), _alone(feed.examples.targets(picks)), weights


def _alone(parts: Any) -> Any:
    """What a model takes or returns: a part for each name, and of one name alone the part itself."""
    return next(iter(parts.values())) if isinstance(parts, dict) and len(parts) == 1 else parts
