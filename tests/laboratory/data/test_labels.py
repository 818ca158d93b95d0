"""Labels and the names of classes: numbered from 0, or explained; names kept where the data give some."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import Dataset, fitted, load
from tests.laboratory.data.reading import refused
from tests.laboratory.data.test_cifar import batches, put
from tests.laboratory.data.test_folder import put as put_images

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def labelled(folder: Path, labels: Any, **arrays: Any) -> Path:
    """Images of 4x4x1 with these labels, as an .npz."""
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 4, 4, 1), np.uint8)
    np.savez(folder / "a.npz", x=images, y=labels, **arrays)
    return folder / "a.npz"


@pytest.mark.parametrize(
    ("labels", "words", "remedy"),
    [
        ([1, 2, 3] * 5, "labels run from 1 to 3; no example has label 0", "subtract 1 from every label"),
        ([10, 11] * 5, "labels run from 10 to 11; no example has label 0", "subtract 10"),
        ([0, 500, 1000] * 5, "3 classes are numbered from 0 to 1000, with gaps", "number them from 0 to 2"),
        ([0, 2**31 - 1] * 5, "2 classes are numbered from 0 to 2147483647", "return_inverse"),
        ([0, 2**31] * 5, "label 2147483648 of image 1 is out of range", "return_inverse"),
        (np.array([0, 2**63] * 5, np.uint64), "label 9223372036854775808 of image 1 is out of range", ""),
        ([-1, 0] * 5, "label -1 of image 0 is out of range", "number the classes from 0: names, y = "),
        ([0.0, 1.0] * 5, "labels of type float64; expected integers", "y.astype(int)"),
        (["cat", "dog"] * 5, "labels of type <U3; expected integers", "return_inverse=True"),
        (np.eye(3)[[0, 1, 2] * 5], "labels of shape (15, 3); expected one integer an image", "y.argmax(1)"),
        ([1] * 10, "all images are of one class", ""),
    ],
)
def test_labels_that_number_no_classes_are_explained(tmp_path: Path, labels: Any, words: str, remedy: str) -> None:
    failure = refused(labelled(tmp_path, labels), words)
    assert remedy in str(failure.remedy or "")


def test_the_remedies_help(tmp_path: Path) -> None:
    for labels in ([1, 2, 3] * 5, ["cat", "dog"] * 5, [0, 500, 1000] * 5):
        names, numbered = np.unique(labels, return_inverse=True)
        assert load(str(labelled(tmp_path, numbered))).classes == len(names)
    assert load(str(labelled(tmp_path, np.array([1, 2, 3] * 5) - 1))).classes == 3
    assert load(str(labelled(tmp_path, np.eye(3)[[0, 1, 2] * 5].argmax(1)))).classes == 3


def remarks(dataset: Dataset) -> str:
    return "\n".join(dataset.remarks())


def test_gaps_and_classes_of_one_part_are_said(tmp_path: Path) -> None:
    assert "no example to learn or to test: class 1" in remarks(load(str(labelled(tmp_path, [0, 2, 3, 0, 2] * 5))))
    images = np.zeros((6, 4, 4, 1))
    np.savez(tmp_path / "b.npz", x_train=images, y_train=[0, 1, 3] * 2, x_test=images, y_test=[0, 2, 1] * 2)
    found = remarks(load(str(tmp_path / "b.npz")))
    assert "in the test part alone, tested but never learnt: class 2" in found
    assert "in the training part alone, learnt but never tested: class 3" in found
    assert remarks(load(str(labelled(tmp_path, [0, 1] * 10)))) == ""


def test_too_few_or_too_many_outputs(tmp_path: Path) -> None:
    gaps = load(str(labelled(tmp_path, [0, 1, 3] * 5)))
    with pytest.raises(Failure, match="has 4 classes, the network tells 3 apart") as caught:
        fitted(gaps, (4, 4, 1), 3)
    assert "of these 3 have examples" in str(caught.value.remedy)
    two = load(str(labelled(tmp_path, [0, 1] * 5)))
    with pytest.raises(Failure) as caught:
        fitted(two, (4, 4, 1), 1, "write {} outputs".format)
    assert caught.value.remedy == "write 2 outputs"
    assert "the network tells 10 classes apart, a.npz has 2" in remarks(fitted(two, (4, 4, 1), 10))


def test_a_class_that_the_size_of_the_training_part_leaves_out_is_said(tmp_path: Path) -> None:
    read = load(str(labelled(tmp_path, [0, 1] * 10))).limited(1)
    assert "in the test part alone, tested but never learnt: class 1" in remarks(read)


def test_names_from_folders_archives_and_packages(tmp_path: Path, coloured: Made) -> None:
    images = put_images(tmp_path / "zoo", coloured, ("10", "1", "2"))
    assert load(str(images)).class_names == ("1", "10", "2")
    named = load(str(labelled(tmp_path, [0, 1] * 5, class_names=["cat", "dog"])))
    assert named.class_names == ("cat", "dog")
    refused(labelled(tmp_path, [0, 1] * 5, class_names=["cat", "cat"]), "no list of texts that differ")
    refused(labelled(tmp_path, [0, 2] * 5, class_names=["cat", "dog"]), "label 2 of image 1 is out of range")
    told = refused(labelled(tmp_path, [1, 2] * 5, class_names=["cat", "dog"]), "label 2 of image 1 is out of range")
    assert told.remedy == "subtract 1 from every label"
    assert load("digits").class_names == tuple("0123456789")


def test_names_that_a_terminal_would_obey_are_written_out(tmp_path: Path) -> None:
    read = load(str(labelled(tmp_path, [0, 1] * 5, class_names=["\x1b[31m", "b\u202ec"])))
    assert read.class_names == ("\x1b[31m", "b\u202ec")
    assert read.named([0, 1]) == r"0 (\u001b[31m), 1 (b\u202ec)"
    refused(labelled(tmp_path, [0, 1] * 5, class_names=["cat", "cat"]), "differ")
    np.savez(tmp_path / "b.npz", **{"\x1b[31m": [1]})
    refused(tmp_path / "b.npz", r"holds \u001b[31m; expected x_train")


def test_names_beside_cifars_batches(tmp_path: Path, coloured: Made) -> None:
    names = [*(f"thing {number}" for number in range(9)), "caf\\udce9"]
    stored = [*map(str.encode, names[:9]), b"caf\xe9"]
    texts = batches(coloured, False, "binary") | {"batches.meta.txt": b"\n".join([*stored, b""])}
    assert load(str(put(tmp_path / "a", texts))).class_names == tuple(names)
    meta = pickle.dumps({b"label_names": stored}, 2)
    pickled = batches(coloured, False, "python2") | {"batches.meta": meta}
    assert load(str(put(tmp_path / "b", pickled))).class_names == tuple(names)
    assert load(str(put(tmp_path / "c", batches(coloured, False, "python2")))).class_names == tuple("0123456789")
    texts["batches.meta.txt"] = b"cat\ndog\n"
    refused(put(tmp_path / "d", texts), "names 2 classes, expected 10")


@pytest.mark.parametrize(
    ("shape", "network", "words"),
    [
        ((3, 8, 8), (8, 8, 3), "x.transpose(0, 2, 3, 1)"),
        ((3, 8, 8), (32, 32, 3), "x.transpose(0, 2, 3, 1)"),
        ((1, 28, 28), (28, 28, 1), "x.transpose(0, 2, 3, 1)"),
        ((12, 1000), (1000, 12), "x.transpose(0, 2, 1)"),
        ((1, 9, 9, 9), (9, 9, 9, 1), "x.transpose(0, 2, 3, 4, 1)"),
        ((28, 28), (28, 28, 3), "x[..., None], and the network --input 28x28x1"),
        ((784,), (28, 28, 1), "x.reshape("),
        ((8, 8, 3), (8, 8, 1), "--input 8x8x3"),
        ((1000, 12), (500, 12), "--input 1000x12"),
    ],
)
def test_arrays_of_another_layout(tmp_path: Path, shape: tuple[int, ...], network: Any, words: str) -> None:
    """Never is ``--input`` advised for arrays whose channels come first: that convolves over rows and colours."""
    np.savez(tmp_path / "a.npz", x=np.zeros((10, *shape), np.uint8), y=[0, 1] * 5)
    with pytest.raises(Failure) as caught:
        fitted(load(str(tmp_path / "a.npz")), network, 2)
    assert words in str(caught.value.remedy)
    assert ("transpose" in words) == ("--input" not in str(caught.value.remedy)) or "reshape" in words
