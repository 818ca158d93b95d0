"""Order and augmentation: functions of the seed, the epoch and the step, and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data.dataset import LabelledImages, whole
from resnet_dsl.laboratory.data.images import InMemory
from resnet_dsl.laboratory.training.batches import EvaluationBatches, Feed, Normalisation, Share, TrainingBatches
from resnet_dsl.laboratory.training.chance import AUGMENTATION, ORDER, Augmenter, generator, permutation


@pytest.fixture
def examples() -> LabelledImages:
    images = np.random.default_rng(0).integers(0, 256, (50, 6, 5, 3), np.uint8)
    return whole(InMemory(images), np.arange(50, dtype=np.int64))


def feed(examples: LabelledImages, share: Share = Share(), batch_size: int = 8) -> Feed:  # noqa: B008 (frozen)
    return Feed(examples, Normalisation.of(examples), batch_size, share, Augmenter(seed=1, pad=2, flip=True))


def test_an_order_is_a_permutation_and_every_epoch_has_its_own() -> None:
    orders = [tuple(permutation(seed, epoch, 100)) for seed in (0, 1) for epoch in range(5)]
    assert all(sorted(order) == list(range(100)) for order in orders)
    assert len(set(orders)) == 10
    assert orders[3] == tuple(permutation(0, 3, 100))


def test_streams_and_steps_do_not_overlap() -> None:
    draws = [generator(0, 0, stream, step).random(1_000) for stream in (ORDER, AUGMENTATION) for step in range(3)]
    assert len(np.unique(np.concatenate(draws))) == 6_000


def test_an_epoch_from_a_step_is_the_rest_of_the_epoch(examples: LabelledImages) -> None:
    epoch = TrainingBatches(feed(examples), seed=1, epoch=3)
    rest = TrainingBatches(feed(examples), seed=1, epoch=3, first_step=4)
    assert (len(epoch), len(rest)) == (6, 2)
    for step in range(2):
        for part, expected in zip(rest[step], epoch[4 + step], strict=True):
            np.testing.assert_array_equal(part, expected)


def test_an_epoch_shows_no_example_twice(examples: LabelledImages) -> None:
    epoch = TrainingBatches(feed(examples), seed=1, epoch=0)
    shown = np.concatenate([epoch[step][1] for step in range(len(epoch))])
    assert len(shown) == len(set(shown.tolist())) == 48


@pytest.mark.parametrize("first_step", [0, 2])
def test_shares_make_up_the_whole_batch(examples: LabelledImages, first_step: int) -> None:
    alone = TrainingBatches(feed(examples), 1, 0, first_step)
    shares = [TrainingBatches(feed(examples, Share(index, 4)), 1, 0, first_step) for index in range(4)]
    for part in (0, 1):
        np.testing.assert_array_equal(np.concatenate([share[1][part] for share in shares]), alone[1][part])


def test_cropping_and_mirroring_is_what_it_says() -> None:
    """Each image is one of the crops of its padded self, mirrored or not; and all kinds come up."""
    batch = np.random.default_rng(0).normal(size=(500, 4, 5, 1)).astype(np.float32)
    augmented = Augmenter(seed=0, pad=2, flip=True)(batch.copy(), 0, 0, 500, 0)
    padded = np.pad(batch, ((0, 0), (2, 2), (2, 2), (0, 0)))
    found = set()
    for original, image in zip(padded, augmented, strict=True):
        kinds = {
            (top, left, flipped)
            for top in range(5)
            for left in range(5)
            for flipped in (False, True)
            if np.array_equal(image, original[top : top + 4, left : left + 5][:, :: -1 if flipped else 1])
        }
        assert len(kinds) == 1
        found |= kinds
    assert len(found) == 50


def test_normalisation_gives_mean_0_and_deviation_1(examples: LabelledImages) -> None:
    normalised = Normalisation.of(examples)(examples.read(np.arange(50)))
    np.testing.assert_allclose(normalised.mean((0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(normalised.std((0, 1, 2)), 1, rtol=1e-5)
    constant = whole(InMemory(np.full((4, 2, 2, 1), 7, np.uint8)), np.arange(4))
    assert np.all(Normalisation.of(constant)(constant.read(np.arange(4))) == 0)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_testing_counts_every_example_once(examples: LabelledImages, count: int) -> None:
    shares = [EvaluationBatches(feed(examples, Share(index, count))) for index in range(count)]
    shown = [share[step] for step in range(len(shares[0])) for share in shares]
    weights = np.concatenate([batch[2] for batch in shown])
    labels = np.concatenate([batch[1] for batch in shown])
    assert all(len(batch[0]) == 8 // count for batch in shown)
    assert sorted(labels[weights == 1].tolist()) == list(range(50))
    assert weights.sum() == 50


def test_values_that_hardly_differ_are_refused() -> None:
    """Keras' layer divides by no less than 1e-7: it would compute something else than the training did."""
    noise = np.random.default_rng(0).normal(size=(10, 2, 2, 2))
    for values in (noise * 1e-8, 1000 + noise * 5e-4):
        with pytest.raises(Failure, match="the images hardly differ: channel 0 has the mean"):
            Normalisation.of(whole(InMemory(values), np.arange(10)))
    constant = Normalisation.of(whole(InMemory(np.full((10, 2, 2, 2), 0.1, np.float32)), np.arange(10)))
    assert constant.deviation.tolist() == [1, 1]
