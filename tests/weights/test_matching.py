"""Which array goes where: by names; without names only where nothing else could be meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.weights import SavedArray, SavedLayer, SavedModel, WantedLayer, fit, read_weights
from tests.weights.files import put, weights

KERNEL = (2, 2, 1, 2)


def wanted(*names: str) -> list[WantedLayer]:
    convolutions = [WantedLayer(name, "conv2d", ("stem",), (("kernel", KERNEL),)) for name in names]
    return [*convolutions, WantedLayer("last", "dense", ("head",), (("kernel", (2, 3)), ("bias", (3,))))]


def saved(*arrays: tuple[str | None, tuple[int, ...]], name: str = "it") -> SavedModel:
    made = tuple(SavedArray(one, "float32", np.full(shape, index, "f4")) for index, (one, shape) in enumerate(arrays))
    return SavedModel("file", (SavedLayer(name, "layers/x", made),))


def norm(*names: str) -> list[WantedLayer]:
    return [WantedLayer("it", "batch_normalization", ("stem",), tuple((name, (4,)) for name in names))]


def test_a_file_without_names_is_refused_where_two_layers_look_alike(tmp_path: Path) -> None:
    path = put(tmp_path, weights(named=False))
    with pytest.raises(Failure, match="does not say the names of its layers, and 2 of class conv2d") as refused:
        fit(read_weights(path), wanted("first", "second"), "net")
    assert "model.save" in str(refused.value.remedy)


def test_a_file_without_names_is_taken_where_none_look_alike(tmp_path: Path) -> None:
    path = put(tmp_path, weights(lambda file: file.__delitem__("layers/conv2d_1"), named=False))
    fitted = fit(read_weights(path), wanted("first"), "net")
    assert fitted.values.keys() == {"first", "last"}


def test_variables_go_by_name_where_the_file_has_the_same_names() -> None:
    file = saved(("beta", (4,)), ("gamma", (4,)))
    (gamma, beta) = fit(file, norm("gamma", "beta"), "net").values["it"]
    assert (gamma[0], beta[0]) == (1, 0)
    (gamma, beta) = fit(saved((None, (4,)), (None, (4,))), norm("gamma", "beta"), "net").values["it"]
    assert (gamma[0], beta[0]) == (0, 1)


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        ([(4, 1), (4,)], "the file has 4x1, 4, the network 4, 4"),
        ([(1,), (4,)], "the file has 1, 4, the network 4, 4"),
        ([(), (4,)], "the file has one number, 4, the network 4, 4"),
        ([(4,)], "the file has 4, the network 4, 4"),
        ([(4,), (4,), (4,)], "the file has 4, 4, 4, the network 4, 4"),
    ],
    ids=["another rank", "one for all", "a scalar", "one missing", "one too many"],
)
def test_nothing_is_spread_turned_or_left_out(shapes: list[tuple[int, ...]], told: str) -> None:
    with pytest.raises(Failure, match=told):
        fit(saved(*[(None, shape) for shape in shapes]), norm("gamma", "beta"), "net")


def test_a_kernel_lying_on_its_side_is_refused() -> None:
    lying = saved((None, (3, 2)), (None, (3,)), name="last")
    with pytest.raises(Failure, match="the file has 3x2, 3, the network 2x3, 3"):
        fit(lying, wanted(), "net")


def test_many_mismatches_are_counted_and_some_are_told() -> None:
    with pytest.raises(Failure) as refused:
        fit(SavedModel("file", ()), wanted(*(f"c{index}" for index in range(20))), "net")
    told = str(refused.value).splitlines()
    assert told[0] == "`file` does not hold the weights of net: 21 layers do not fit"
    assert told[-1] == "  and 13 more"
    assert refused.value.remedy is not None
    assert "--except stem --except head" in refused.value.remedy


def test_the_remedy_helps() -> None:
    file = saved((None, KERNEL), name="first")
    with pytest.raises(Failure, match="last: is not in the file") as refused:
        fit(file, wanted("first"), "net")
    assert "--except head" in str(refused.value.remedy)
    assert fit(file, wanted("first"), "net", ["head"]).values.keys() == {"first"}


@pytest.mark.parametrize(
    ("count", "begins"), [(1, "under `--except s0` "), (3, "under `--except s0 "), (4, "take the")]
)
def test_few_parts_are_named_and_more_are_another_network(count: int, begins: str) -> None:
    lacking = [WantedLayer(f"it{number}", "dense", (f"s{number}",), (("kernel", (4,)),)) for number in range(count)]
    with pytest.raises(Failure) as refused:
        fit(saved(("kernel", (4,)), name="there"), lacking, "net", excepted=("there",))
    assert str(refused.value.remedy).startswith(begins)


def test_a_stage_of_the_file_alone_is_passed_over_by_its_name() -> None:
    arrays = (SavedArray(None, "float32", np.zeros(KERNEL)),)
    names = ("first", "more_block1_conv", "more_block2_conv")
    file = SavedModel("file", tuple(SavedLayer(name, "layers/conv2d", arrays) for name in names))
    with pytest.raises(Failure, match="more_block1_conv: is not in the network"):
        fit(file, wanted("first"), "net", ["head"])
    assert fit(file, wanted("first"), "net", ["head", "more"]).values.keys() == {"first"}
    assert fit(file, wanted("first"), "net", ["head", "more_block1", "more_block2"]).values.keys() == {"first"}
    with pytest.raises(Failure, match="no part and no layer"):
        fit(file, wanted("first", "more_block1_conv", "more_block2_conv"), "net", ["head", "more"])
