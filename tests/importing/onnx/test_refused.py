"""Files that should not load: each is refused by the name of what is wrong, in little time and memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.onnx import read_onnx
from tests.importing.onnx.making import FLOAT, file, floats, model, node

KERNEL = {"w": floats(6, 4, 3, 3)}
CONV = node("Conv", "x w", "c")


def _branch() -> Any:
    ends = [helper.make_tensor_value_info("y1", FLOAT, None)]
    return helper.make_graph([node("Relu", "c", "y1")], "branch", [], ends)


def _custom() -> Any:
    return helper.make_node("FlashAttention", ["c"], ["y"], "attend", domain="com.acme")


def _with(change: Callable[[Any], None]) -> Any:
    made = model([CONV, node("Relu", "c", "y")], arrays=KERNEL)
    change(made)
    return made


def _inlined(made: Any) -> None:
    made.functions.append(helper.make_function("here", "Twice", ["a"], ["b"], [node("Add", "a a", "b")], []))


def _beside(location: str, **said: int) -> Callable[[Any], None]:
    def change(made: Any) -> None:
        tensor = made.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **said}.items():
            tensor.external_data.add(key=key, value=str(value))

    return change


def _set(field: str, value: Any) -> Callable[[Any], None]:
    return lambda made: setattr(made.graph.initializer[0], field, value)


NOT_IMPORTED: dict[str, tuple[Any, str]] = {
    "height and width in each other's place": (
        model([node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("Conv", "t w", "y")], arrays=KERNEL),
        "`y` reads numbers in an order that no operation here makes of `x`",
    ),
    "a result whose height and width change places": (
        model([CONV, node("Transpose", "c", "y", perm=[0, 1, 3, 2])], arrays=KERNEL),
        "`y` reads numbers in an order that no operation here makes of `c`",
    ),
    "an operator that is not ours": (
        model([CONV, node("Det", "c", "y")], arrays=KERNEL),
        r"`y` is a `Det`, and no operation here computes that",
    ),
    "a language model": (
        model([node("Gather", "e x", "y")], ["n", 8], {"e": floats(100, 16)}, kind=TensorProto.INT64),
        r"`x` takes numbers of the type int64",
    ),
    "an embedding": (
        model([node("Cast", "x", "i", to=7), node("Gather", "e i", "y")], ["n", 8], {"e": floats(9, 4)}),
        r"`i` makes whole numbers, or truths, of what flows",
    ),
    "a recurrent network": (
        model([node("LSTM", "x w r", "y", hidden_size=3)], [5, 3, 4], {"w": floats(1, 12, 4), "r": floats(1, 12, 3)}),
        r"`y` is an `LSTM`, and no operation here computes that",
    ),
    "a detection network": (
        model([node("NonMaxSuppression", "x x", "y")], ["n", 8, 4]),
        r"`y` is a `NonMaxSuppression`",
    ),
    "branches": (
        model(
            [CONV, node("If", "t", "y", then_branch=_branch(), else_branch=_branch())],
            arrays={**KERNEL, "t": np.array(True)},
        ),
        r"`y` is an `If`, which holds a graph of its own",
    ),
    "another domain": (
        model([CONV, _custom()], arrays=KERNEL),
        r"`attend` is a `FlashAttention` of `com.acme`, which is no operator of ONNX's own",
    ),
    "functions": (_with(_inlined), r"it defines operators of its own: `Twice`"),
    "5,000 operators": (
        model([CONV, *(node("Relu", "c", f"r{one}") for one in range(5000)), node("Relu", "c", "y")], arrays=KERNEL),
        r"it has 5,002 operators, and 4,800 are the most",
    ),
    "quantised numbers": (
        model(
            [node("QuantizeLinear", "x s z", "q"), node("DequantizeLinear", "q s z", "y")],
            arrays={"s": np.float32(0.1), "z": np.uint8(3)},
        ),
        r"`q` is a `QuantizeLinear`: the model is quantised",
    ),
    "an old version": (model([CONV, node("Relu", "c", "y")], arrays=KERNEL, opset=7), r"it is of version 7 of ONNX's"),
    "a version that is not yet": (model([node("Relu", "x", "y")], opset=999), r"it is of version 999 of ONNX's"),
    "a second result": (
        model([node("MaxPool", "x", "y i", kernel_shape=[2, 2])], outputs=("y", "i")),
        r"`i` is a further result of an operator",
    ),
    "some channels": (
        model(
            [node("Slice", "x a b c d", "y")],
            arrays={name: np.array([one]) for name, one in zip("abcd", (0, 4, 1, 2), strict=True)},
        ),
        r"`y` takes every 2 of the channels",
    ),
    "noise at inference": (
        model([node("Dropout", "x r t", "y")], arrays={"r": np.float32(0.5), "t": np.array(True)}),
        r"`y` drops numbers by chance at inference, too",
    ),
    "another power": (
        model([node("Pow", "x k", "y")], arrays={"k": np.float32(3)}),
        r"`y` raises to another power than 2",
    ),
    "a kernel that flows": (model([node("Conv", "x x", "y")]), r"`y` is a `Conv` whose kernel is not fixed"),
    "channels that are open": (
        model([node("Relu", "x", "y")], ["n", "c", 8, 8]),
        r"`x` has a count of channels that is open",
    ),
    "no batch": (model([node("Relu", "x", "y")], [8]), r"`x` has 1 axis, and inputs here have 2 to 5"),
    "an axis that there is not": (model([node("Concat", "x x", "y", axis=9)]), r"`y` is a `Concat` along an axis that"),
    "a batch that is joined": (
        model([node("Reshape", "x s", "y")], arrays={"s": np.array([16, -1])}),
        r"`y` makes 16 the length of the batch's axis, and joins or cuts the batch",
    ),
    "a size that does not fit": (
        model([node("Reshape", "x s", "y")], arrays={"s": np.array([0, 7, -1])}),
        r"`y` cuts a value into 7x\?, across its axes",
    ),
    "a shape that is made huge": (
        model(
            [node("ConstantOfShape", "s", "k"), node("Add", "x k", "y")],
            arrays={"s": np.array([2**20, 2**20, 2**20])},
        ),
        r"`k` makes more than 67,108,864 numbers out of a few",
    ),
    "numbers that are drawn out": (
        model(
            [node("Expand", "o s", "k"), node("Add", "x k", "y")], arrays={"o": np.float32(1), "s": np.array([2**40])}
        ),
        r"`k` makes more than 67,108,864 numbers out of a few",
    ),
    "a range without an end": (
        model(
            [node("Range", "a b c", "k"), node("Add", "x k", "y")],
            arrays={"a": np.float32(0), "b": np.float32(1e12), "c": np.float32(1)},
        ),
        r"`k` makes more than 67,108,864 numbers out of a few",
    ),
    "many shapes that are made large": (
        model(
            [
                *(node("ConstantOfShape", "s", f"k{one}") for one in range(5)),
                *(node("Add", f"k{one} k{one + 1}", f"m{one}") for one in range(4)),
                node("Sum", "x " + " ".join(f"m{one}" for one in range(4)), "y"),
            ],
            arrays={"s": np.array([2**24])},
        ),
        r"makes more numbers out of fixed ones than a file of this size may ask for",
    ),
    "corners of cells": (
        model(
            [node("Resize", "x _ _ s", "y", mode="linear", coordinate_transformation_mode="align_corners")],
            ["n", 4, 8, 8],
            {"s": np.array([1, 4, 5, 5])},
        ),
        r"resizes by `linear` with places that are `align_corners`",
    ),
    "numbers a position": (
        model([node("Add", "x k", "y")], arrays={"k": floats(1, 1, 8, 8)}),
        r"which are not one a channel",
    ),
    "words": (
        model([CONV, node("Relu", "c", "y")], arrays={**KERNEL, "k": np.array(["a"], object)}),
        r"`k` holds words",
    ),
    "an output that is fixed": (
        model([node("Relu", "x", "a"), node("Identity", "k", "y")], arrays={"k": floats(3)}),
        r"`y` is returned, and is fixed",
    ),
}

UNREADABLE: dict[str, tuple[Any, str]] = {
    "a cycle": (
        model([node("Add", "x b", "a"), node("Relu", "a", "b"), node("Relu", "b", "y")]),
        r"`a` reads `b`, which is made behind it, or by itself: a cycle",
    ),
    "a cycle through a second output": (
        model([node("Relu", "c", "a"), node("Split", "a", "b c")]),
        r"`a` reads `c`, which is made behind it, or by itself: a cycle",
    ),
    "a tensor of nothing": (model([node("Add", "x k", "y")]), r"`y` reads `k`, which nothing makes"),
    "a tensor made twice": (
        model([node("Relu", "x", "y"), node("Tanh", "x", "y")]),
        r"makes `y`, which there is already",
    ),
    "an output of nothing": (model([node("Relu", "x", "a")]), r"it returns `y`, which nothing makes"),
    "a folder above": (_with(_beside("../w.bin")), r"`w` stands in `../w.bin`, which is no file in the model's folder"),
    "a path of the system": (
        _with(_beside("/etc/passwd")),
        r"`w` stands in `/etc/passwd`, which is no file in the model",
    ),
    "a link that leads out": (_with(_beside("link")), r"`w` stands in `link`, which is no file in the model's folder"),
    "a file that is not there": (_with(_beside("w.bin")), r"`w` stands in `w.bin`, and that file is not beside it"),
    "more bytes than there are": (_with(_beside("short.bin")), r"`w` has other bytes in `short.bin` than it says"),
    "another length than it has": (
        _with(_beside("long.bin", length=12)),
        r"`w` has other bytes in `long.bin` than it says",
    ),
    "a place behind the end": (
        _with(_beside("long.bin", offset=10**15)),
        r"has other bytes in `long.bin` than it says",
    ),
    "a place that is no number": (_with(_beside("long.bin", offset="first")), r"its array `w` is damaged"),  # type: ignore[arg-type]
    "an array cut off": (_with(_set("raw_data", b"1234")), r"its array `w` is damaged"),
    "an array of no type": (_with(_set("data_type", 99)), r"its array `w` is damaged"),
    "no version": (_with(lambda made: made.ClearField("opset_import")), r"it does not say which version"),
    "no graph": (_with(lambda made: made.ClearField("graph")), r"it is no model in ONNX, or an empty one"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One with files beside the model, and one outside of it."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "w.bin").write_bytes(bytes(6 * 4 * 9 * 4))
    (inside / "short.bin").write_bytes(bytes(10))
    (inside / "long.bin").write_bytes(bytes(6 * 4 * 9 * 4))
    os.symlink(tmp_path / "w.bin", inside / "link")
    return inside


@pytest.mark.parametrize("name", NOT_IMPORTED)
def test_what_the_language_cannot_say_is_named(name: str, folder: Path) -> None:
    made, expected = NOT_IMPORTED[name]
    with pytest.raises(NotImportedError, match=expected):
        read_onnx(file(folder, made))


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_damaged_is_told_and_nothing_outside_is_opened(name: str, folder: Path) -> None:
    made, expected = UNREADABLE[name]
    with pytest.raises(Failure, match=expected) as raised:
        read_onnx(file(folder, made))
    assert not isinstance(raised.value, NotImportedError)


def test_arrays_beside_the_model_are_read(folder: Path) -> None:
    kernel = floats(6, 4, 3, 3)
    (folder / "long.bin").write_bytes(b"12345678" + kernel.tobytes())
    flat = read_onnx(file(folder, _with(_beside("long.bin", offset=8, length=kernel.nbytes))))
    assert flat.network.weights is not None
    np.testing.assert_array_equal(flat.network.weights["conv_1"]["kernel"], np.moveaxis(kernel, (0, 1), (3, 2)))


def test_bytes_beside_the_model_are_read_once_however_many_arrays_stand_there(folder: Path) -> None:
    """A thousand arrays in one place of a file would be a thousand times its size."""
    made = _with(_beside("long.bin"))
    kernel = made.graph.initializer[0]
    for count in range(1000):
        made.graph.initializer.add().CopyFrom(kernel)
        made.graph.initializer[-1].name = f"w{count}"
    assert read_onnx(file(folder, made)).network.weights
    made.graph.initializer[-1].dims[:] = [8, 27]
    with pytest.raises(Failure, match=r"`w999` has other bytes in `long.bin` than it says"):
        read_onnx(file(folder, made))


def test_a_file_that_is_cut_off_or_something_else_is_told(folder: Path) -> None:
    whole = file(folder, _with(lambda made: None)).read_bytes()
    for content in (
        b"",
        whole[:100],
        whole[: len(whole) // 2],
        whole[:-1],
        b"network a { }",
        b"\x00" * 1000,
        b"PK" * 50,
    ):
        path = folder / "cut.onnx"
        path.write_bytes(content)
        with pytest.raises(Failure, match=r"`.*cut.onnx` cannot be read: it "):
            read_onnx(path)
    with pytest.raises(Failure, match="it is a folder, a device or a pipe, and no file"):
        read_onnx(folder)


def test_a_small_file_that_would_take_all_memory_is_refused(folder: Path) -> None:
    """Two bytes are an empty operator, which takes two hundred in memory: this file would take ten gigabytes."""
    operators = b"\x0a\x00" * 2_000_000
    size, length = len(operators), b""
    while size:
        length += bytes([size & 127 | (128 if size > 127 else 0)])
        size >>= 7
    path = folder / "many.onnx"
    path.write_bytes(b"\x3a" + length + operators)
    with pytest.raises(Failure, match="it has more than 250,000 parts, and that many are read at most"):
        read_onnx(path)


def test_the_part_that_could_be_read_is_handed_on(folder: Path) -> None:
    with pytest.raises(NotImportedError) as raised:
        read_onnx(file(folder, NOT_IMPORTED["an operator that is not ours"][0]))
    assert raised.value.part is not None
    assert [one.op for one in raised.value.part.graph.nodes] == ["input", "conv"]


def test_damage_by_chance_ends_in_words(folder: Path) -> None:
    """Every byte of a small file, changed: what is read of it, or a failure, and never another exception."""
    whole = bytearray(
        file(
            folder, model([node("Relu", "x", "r"), node("Reshape", "r s", "y")], arrays={"s": np.array([0, -1])})
        ).read_bytes()
    )
    path = folder / "damaged.onnx"
    for place in range(0, len(whole), 2):
        for flipped in (0x01, 0x80, 0xFF):
            path.write_bytes(bytes(whole[:place]) + bytes([whole[place] ^ flipped]) + bytes(whole[place + 1 :]))
            try:
                read_onnx(path)
            except Failure:
                continue
