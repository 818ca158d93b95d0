"""Sets for networks of several inputs and outputs: which array goes where, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import load
from resnet_dsl.laboratory.data.by_name import NamedDataset, of_one_input, read

COUNT = 20
LABELS = np.arange(COUNT) % 4
OTHERS = np.arange(COUNT) % 2
LEFT = np.random.default_rng(0).integers(0, 256, (COUNT, 6, 5, 3)).astype(np.uint8)
RIGHT = np.random.default_rng(1).normal(size=(COUNT, 4)).astype(np.float32)
INPUTS: dict[str, Any] = {"left": (6, 5, 3), "right": (4,)}
OUTPUTS = {"head": 4, "aux": 2}
EVERY = np.arange(4)


def remedy(output: str) -> Any:
    return lambda classes: f"--set {output}_classes={classes}"


def stored(
    folder: Path, inputs: dict[str, Any] = INPUTS, outputs: dict[str, int] = OUTPUTS, **arrays: Any
) -> NamedDataset:
    np.savez(folder / "set.npz", **arrays)
    return read(folder / "set.npz", inputs, outputs, remedy)


def test_each_array_goes_to_its_name(tmp_path: Path) -> None:
    found = stored(tmp_path, left=LEFT, right=RIGHT, head=LABELS, aux=OTHERS)
    kept = np.flatnonzero(np.arange(COUNT) % 5 != 4)
    assert (len(found.train), len(found.test)) == (16, 4)
    values, targets = found.train.read(EVERY), found.train.targets(EVERY)
    np.testing.assert_array_equal(values["left"], LEFT[kept[:4]])
    np.testing.assert_array_equal(values["right"], RIGHT[kept[:4]])
    np.testing.assert_array_equal(targets["head"], LABELS[kept[:4]])
    np.testing.assert_array_equal(targets["aux"], OTHERS[kept[:4]])
    assert found.described.endswith(
        "left 6x5x3, right 4 -> head 4 classes, aux 2 classes; 16 examples to train, 4 to test"
    )


def test_examples_to_test_stand_beside_those_to_train(tmp_path: Path) -> None:
    parts = {"left": LEFT, "right": RIGHT, "y": OTHERS}
    arrays = {f"{name}_{part}": one[half] for name, one in parts.items()
              for part, half in (("train", slice(12)), ("test", slice(12, None)))}  # fmt: skip
    found = stored(tmp_path, outputs={"head": 2, "aux": 2}, **arrays)
    np.testing.assert_array_equal(found.test.read(EVERY)["right"], RIGHT[12:16])
    np.testing.assert_array_equal(found.test.targets(EVERY)["aux"], OTHERS[12:16])


def test_y_are_the_labels_of_outputs_that_have_none(tmp_path: Path) -> None:
    found = stored(tmp_path, left=LEFT, right=RIGHT, y=LABELS, aux=OTHERS, class_names=["a", "b", "c", "d"])
    assert found.class_names == {"head": ("a", "b", "c", "d"), "aux": ("0", "1")}
    assert found.remarks() == ()


def test_x_is_what_an_only_input_takes(tmp_path: Path) -> None:
    found = stored(tmp_path, {"input": (6, 5, 3)}, x=LEFT, y=LABELS, aux=OTHERS)
    np.testing.assert_array_equal(found.train.read(EVERY)["input"], LEFT[:4])


def test_a_name_is_never_taken_for_the_part_of_another(tmp_path: Path) -> None:
    """An input may be called as the training part of another would be, and as labels are."""
    inputs: dict[str, Any] = {"y": (6, 5, 3), "y_train": (4,), "y_test": (4,)}
    found = stored(tmp_path, inputs, {"head": 4}, y=LEFT, y_train=RIGHT, y_test=RIGHT + 1, head=LABELS)
    values = found.train.read(EVERY)
    np.testing.assert_array_equal(values["y"], LEFT[:4])
    np.testing.assert_array_equal(values["y_test"], RIGHT[:4] + 1)


def test_a_channel_axis_is_added_where_an_input_takes_one(tmp_path: Path) -> None:
    found = stored(
        tmp_path, {"left": (6, 5, 1), "right": (4,)}, left=LEFT[..., 0], right=RIGHT, head=LABELS, aux=OTHERS
    )
    assert found.train.read(EVERY)["left"].shape == (4, 6, 5, 1)


GOOD: dict[str, Any] = {"left": LEFT, "right": RIGHT, "head": LABELS, "aux": OTHERS}


@pytest.mark.parametrize(
    ("changes", "words", "help_"),
    [
        ({"left": None}, "set.npz holds aux, head, right, and nothing for `left`", "`left_train` and `left_test`"),
        ({"aux": None}, "nothing for `aux`", "or `y`"),
        ({"right": RIGHT[:7]}, "the numbers of examples to train differ: `left` 20, `right` 7", "as many"),
        ({"right": np.array(3.0)}, "`right` is a single number", None),
        ({"aux_test": OTHERS}, "has examples to test, but none for `left`, `right`", "`…_test`"),
        ({"aux": LABELS}, "`aux` has 4 classes, the network tells 2 apart", "--set aux_classes=4"),
        ({"aux": np.zeros(COUNT, int)}, "`aux`: all images are of one class", None),
        ({"aux": OTHERS * 0.5}, "`aux`, training part: labels of type float64", "y.astype"),
        ({"left": LEFT[:, :4]}, "`left` is 4x5x3, the network takes 6x5x3", "--input left=4x5x3 compiles"),
        ({"right": RIGHT * np.nan}, "`right`, training part: some of the images' values are not finite", None),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(
    tmp_path: Path, changes: dict[str, Any], words: str, help_: str | None
) -> None:
    arrays = {name: one for name, one in (GOOD | changes).items() if one is not None}
    with pytest.raises(Failure) as caught:
        stored(tmp_path, **arrays)
    assert words in str(caught.value)
    assert (help_ is None) or help_ in str(caught.value.remedy)
    assert help_ is None or "--resize" not in str(caught.value.remedy)


def test_arrays_that_nothing_takes_are_named(tmp_path: Path) -> None:
    found = stored(tmp_path, **GOOD, lefd=LEFT, y=LABELS)
    assert next(one for one in found.remarks() if "not used" in one).endswith("not used: lefd, y")


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="objects in it would have to be unpickled"):
        stored(tmp_path, **(GOOD | {"aux": np.array([{}] * COUNT)}))


def test_sets_that_differ_in_names_have_other_digests(tmp_path: Path) -> None:
    both = {"head": 4, "aux": 4}
    first = stored(tmp_path, outputs=both, left=LEFT, right=RIGHT, head=LABELS, aux=LABELS[::-1]).digest()
    again = stored(tmp_path, outputs=both, left=LEFT, right=RIGHT, head=LABELS, aux=LABELS[::-1]).digest()
    exchanged = stored(tmp_path, outputs=both, left=LEFT, right=RIGHT, head=LABELS[::-1], aux=LABELS).digest()
    assert first == again != exchanged


def test_a_usual_set_gives_every_output_its_labels(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", x=LEFT, y=LABELS, other=LEFT)
    found = of_one_input(load(str(tmp_path / "set.npz")), "input", {"head": 4, "aux": 6}, remedy)
    targets = found.limited(8).train.targets(EVERY)
    np.testing.assert_array_equal(targets["head"], targets["aux"])
    told = found.remarks()
    assert [remark.split(":")[0] for remark in told] == [str(tmp_path / "set.npz"), "`aux`"]
    assert "the network tells 6 classes apart" in told[1]
