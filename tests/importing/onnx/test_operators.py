"""Each kind of operator, alone in a file: what is read of it computes what ONNX Runtime computes of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.importing.onnx import read_onnx
from tests.importing.onnx.making import file, floats, model, node
from tests.importing.onnx.written import difference

Case = tuple[list[Any], dict[str, Any], list[str], dict[str, Any]]


def _case(nodes: list[Any], arrays: dict[str, Any], ops: str, **more: Any) -> Case:
    """ops: the operations that are read, in their order."""
    return nodes, arrays, ops.split(), more


KERNEL = {"w": floats(6, 4, 3, 3)}
NORM = {"g": floats(4), "b": floats(4, seed=1)}
AXES = {"axes": np.array([2, 3])}


def _decomposed_gelu() -> list[Any]:
    steps = [
        ("Div", "x root", "a"),
        ("Erf", "a", "b"),
        ("Add", "b one", "c"),
        ("Mul", "x c", "d"),
        ("Mul", "d half", "y"),
    ]
    return [node(*one) for one in steps]


def _layer_norm() -> list[Any]:
    return [
        node("Transpose", "x", "t", perm=[0, 2, 3, 1]),
        node("ReduceMean", "t", "m", axes=[-1]),
        node("Sub", "t m", "d"),
        node("Pow", "d two", "s"),
        node("ReduceMean", "s", "v", axes=[-1]),
        node("Add", "v eps", "e"),
        node("Sqrt", "e", "r"),
        node("Div", "d r", "n"),
        node("Mul", "n g", "p"),
        node("Add", "p b", "q"),
        node("Transpose", "q", "y", perm=[0, 3, 1, 2]),
    ]


def _group_norm() -> list[Any]:
    return [
        node("Reshape", "x size", "line"),
        node("InstanceNormalization", "line ones zeros", "n", epsilon=1e-5),
        node("Shape", "x", "lengths"),
        node("Reshape", "n lengths", "map"),
        node("Mul", "map g4", "p"),
        node("Add", "p b4", "y"),
    ]


GROUPS = {
    "size": np.array([0, 2, -1]),
    "ones": np.ones(2, np.float32),
    "zeros": np.zeros(2, np.float32),
    "g4": floats(4, 1, 1),
    "b4": floats(4, 1, 1, seed=1),
}

CASES: dict[str, Case] = {
    "conv, unequal pads": _case([node("Conv", "x w", "y", pads=[0, 1, 2, 0], strides=[2, 1])], KERNEL, "conv"),
    "conv, same upper": _case([node("Conv", "x w", "y", auto_pad="SAME_UPPER", strides=[2, 2])], KERNEL, "conv"),
    "conv, same lower": _case([node("Conv", "x w", "y", auto_pad="SAME_LOWER", strides=[2, 2])], KERNEL, "conv"),
    "conv, groups and dilation": _case(
        [node("Conv", "x w", "y", group=2, dilations=[2, 2])], {"w": floats(6, 2, 3, 3)}, "conv"
    ),
    "conv of a signal": _case([node("Conv", "x w", "y")], {"w": floats(6, 4, 3)}, "conv", size=["n", 4, 9]),
    "conv of a volume": _case(
        [node("Conv", "x w", "y", strides=[2, 1, 1])], {"w": floats(6, 4, 1, 2, 3)}, "conv", size=["n", 4, 5, 6, 7]
    ),
    "bias added behind": _case(
        [node("Conv", "x w", "a"), node("Add", "a b", "y")], {**KERNEL, "b": floats(1, 6, 1, 1)}, "conv"
    ),
    "border taken in": _case(
        [node("Pad", "x p", "a"), node("Conv", "a w", "y")], {**KERNEL, "p": np.array([0, 0, 1, 2, 0, 0, 3, 0])}, "conv"
    ),
    "mirrored border": _case(
        [node("Pad", "x p", "a", mode="reflect"), node("Conv", "a w", "y")],
        {**KERNEL, "p": np.array([0, 0, 1, 1, 0, 0, 1, 1])},
        "conv",
    ),
    "border on its own": _case(
        [node("Pad", "x p", "a"), node("Relu", "a", "y")], {"p": np.array([0, 0, 1, 2, 0, 0, 3, 0])}, "zero_pad relu"
    ),
    "channels added": _case([node("Pad", "x p", "y")], {"p": np.array([0, 0, 0, 0, 0, 4, 0, 0])}, "pad_channels"),
    "transposed conv": _case(
        [node("ConvTranspose", "x w b", "y", strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])],
        {"w": floats(4, 6, 3, 3), "b": floats(6)},
        "conv_transpose crop",
    ),
    "max pool, rounded up": _case(
        [node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)], {}, "maxpool"
    ),
    "mean pool, border counted": _case(
        [node("AveragePool", "x", "y", kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=1)], {}, "avgpool"
    ),
    "mean pool, border left out": _case(
        [node("AveragePool", "x", "y", kernel_shape=[3, 3], pads=[1] * 4)], {}, "avgpool"
    ),
    "mean pool, rounded up": _case(
        [node("AveragePool", "x", "y", kernel_shape=[2, 2], strides=[3, 3], ceil_mode=1)], {}, "avgpool"
    ),
    "global pools": _case(
        [node("GlobalAveragePool", "x", "a"), node("GlobalMaxPool", "x", "b"), node("Concat", "a b", "y", axis=1)],
        {},
        "avgpool maxpool concat",
    ),
    "mean over positions": _case([node("ReduceMean", "x axes", "y", keepdims=0)], AXES, "avgpool"),
    "mean over channels": _case([node("ReduceMean", "x axes", "y")], {"axes": np.array([1])}, "channel_pool"),
    "pools of channels side by side": _case(
        [
            node("ReduceMean", "x one", "a"),
            node("ReduceMax", "x one", "b"),
            node("Concat", "a b", "c", axis=1),
            node("Conv", "c w", "y"),
        ],
        {"one": np.array([1]), "w": floats(1, 2, 3, 3)},
        "channel_pool channel_pool concat conv",
    ),
    "batch norm": _case(
        [node("BatchNormalization", "x g b m v", "y", epsilon=1e-3)],
        {**NORM, "m": floats(4, seed=2), "v": abs(floats(4, seed=3)) + 0.5},
        "batchnorm",
    ),
    "group norm in parts": _case(_group_norm(), GROUPS, "groupnorm"),
    "group norm": _case([node("GroupNormalization", "x g b", "y", num_groups=2)], NORM, "groupnorm", opset=21),
    "instance norm": _case([node("InstanceNormalization", "x g b", "y")], NORM, "instancenorm"),
    "layer norm in parts": _case(
        _layer_norm(),
        {**NORM, "two": np.float32(2), "eps": np.float32(1e-6)},
        "layernorm",
        opset=16,
    ),
    "GELU in parts": _case(
        _decomposed_gelu(), {"root": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)}, "gelu"
    ),
    "hard swish in parts": _case(
        [
            node("Add", "x three", "a"),
            node("Clip", "a zero six", "b"),
            node("Mul", "x b", "c"),
            node("Div", "c six", "y"),
        ],
        {"three": np.float32(3), "zero": np.float32(0), "six": np.float32(6)},
        "hard_swish",
    ),
    "mish in parts": _case([node("Softplus", "x", "a"), node("Tanh", "a", "b"), node("Mul", "x b", "y")], {}, "mish"),
    "a square": _case([node("Pow", "x two", "y")], {"two": np.float32(2)}, "mul"),
    "swish": _case([node("Sigmoid", "x", "a"), node("Mul", "x a", "y")], {}, "silu"),
    "a slope a channel": _case([node("PRelu", "x s", "y")], {"s": floats(4, 1, 1)}, "prelu"),
    "fixed factor and offset": _case(
        [node("Mul", "x a", "c"), node("Add", "c b", "y")], {"a": np.float32(0.2), "b": np.float32(3)}, "scale shift"
    ),
    "frozen batch norm": _case(
        [node("Relu", "x", "r"), node("Mul", "r g", "c"), node("Add", "c b", "y")],
        {"g": floats(4, 1, 1), "b": floats(4, 1, 1, seed=1)},
        "relu batchnorm",
    ),
    "images brought to a range": _case(
        [node("Sub", "x m", "c"), node("Div", "c s", "y")],
        {"m": floats(4, 1, 1), "s": abs(floats(4, 1, 1, seed=1)) + 1},
        "normalize",
    ),
    "flattened, channels first": _case(
        [node("Flatten", "x", "f"), node("Gemm", "f w b", "y", transB=1)],
        {"w": floats(5, 256), "b": floats(5)},
        "flatten dense",
    ),
    "flattened by its shape": _case(
        [
            node("Shape", "x", "s"),
            node("Gather", "s zero", "n"),
            node("Unsqueeze", "n zeros", "u"),
            node("Concat", "u rest", "size", axis=0),
            node("Reshape", "x size", "f"),
            node("MatMul", "f w", "y"),
        ],
        {"zero": np.array(0), "zeros": np.array([0]), "rest": np.array([-1]), "w": floats(256, 5)},
        "flatten dense",
    ),
    "a gate": _case(
        [
            node("GlobalAveragePool", "x", "p"),
            node("Conv", "p w", "c"),
            node("Sigmoid", "c", "s"),
            node("Mul", "x s", "y"),
        ],
        {"w": floats(4, 4, 1, 1)},
        "avgpool conv sigmoid mul",
    ),
    "pixel shuffle in parts": _case(
        [
            node("Reshape", "x a", "r"),
            node("Transpose", "r", "t", perm=[0, 1, 4, 2, 5, 3]),
            node("Reshape", "t b", "y"),
        ],
        {"a": np.array([-1, 1, 2, 2, 8, 8]), "b": np.array([-1, 1, 16, 16])},
        "depth_to_space",
    ),
    "pixel shuffle": _case([node("DepthToSpace", "x", "y", blocksize=2, mode="CRD")], {}, "depth_to_space"),
    "places as channels": _case([node("SpaceToDepth", "x", "y", blocksize=2)], {}, "space_to_depth"),
    "split and joined": _case(
        [node("Split", "x", "a b", axis=1, num_outputs=2), node("Concat", "b a", "y", axis=1)],
        {},
        "channels channels concat",
    ),
    "a part of the map": _case(
        [node("Slice", "x s e a t", "y")],
        {"s": np.array([1, 0]), "e": np.array([-1, 2**63 - 1]), "a": np.array([2, 3]), "t": np.array([1, 2])},
        "crop subsample",
    ),
    "larger, bilinear": _case(
        [node("Resize", "x _ s", "y", mode="linear")], {"s": np.array([1, 1, 2, 2], np.float32)}, "upsample"
    ),
    "larger, nearest": _case(
        [
            node(
                "Resize",
                "x _ s",
                "y",
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
        ],
        {"s": np.array([1, 1, 3, 2], np.float32)},
        "upsample",
    ),
    "another size": _case(
        [node("Resize", "x _ _ s", "y", mode="linear")], {"s": np.array([1, 4, 5, 13])}, "resize", size=[1, 4, 8, 8]
    ),
    "softmax over stacked values": _case(
        [
            node("Relu", "x", "a"),
            node("Tanh", "x", "b"),
            node("Unsqueeze", "a one", "a5"),
            node("Unsqueeze", "b one", "b5"),
            node("Concat", "a5 b5", "c", axis=1),
            node("Softmax", "c", "s", axis=1),
            node("Mul", "c s", "m"),
            node("ReduceSum", "m one", "y", keepdims=0),
        ],
        {"one": np.array([1])},
        "relu tanh concat softmax mul channels channels add",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_computes_what_the_runtime_computes(name: str, tmp_path: Path) -> None:
    nodes, arrays, ops, more = CASES[name]
    path = file(tmp_path, model(nodes, arrays=arrays, **more))
    flat = read_onnx(path)
    assert [one.op for one in flat.graph.nodes[1:]] == ops
    count = 1 if more.get("size", ["n"])[0] == 1 else 2
    assert difference(flat, path, np.random.default_rng(0), count) < 1e-5


@pytest.mark.parametrize("opset", [9, 10, 11, 13, 18, 22])
def test_arguments_are_read_where_each_version_has_them(opset: int, tmp_path: Path) -> None:
    ends = {"s": np.array([1]), "e": np.array([3]), "a": np.array([1])}
    pads = [0, 0, 1, 1, 0, 0, 1, 1]
    nodes = [
        node("Pad", "x", "p", pads=pads) if opset < 11 else node("Pad", "x pads", "p"),
        node("Slice", "p", "c", starts=[1], ends=[3], axes=[1]) if opset < 10 else node("Slice", "p s e a", "c"),
        node("Clip", "c", "k", min=0.0, max=6.0) if opset < 11 else node("Clip", "c low high", "k"),
        node("Dropout", "k", "d", ratio=0.5) if opset < 12 else node("Dropout", "k", "d"),
        node("ReduceMean", "d", "m", axes=[2, 3]) if opset < 18 else node("ReduceMean", "d axes", "m"),
        node("Squeeze", "m", "v", axes=[2, 3]) if opset < 13 else node("Squeeze", "m axes", "v"),
        node("Softmax", "v", "y"),
    ]
    arrays = {**ends, "pads": np.array(pads), "axes": np.array([2, 3]), "low": np.float32(0), "high": np.float32(6)}
    read = {name for one in nodes for name in one.input}
    made = model(nodes, arrays={name: one for name, one in arrays.items() if name in read}, opset=opset)
    path = file(tmp_path, made)
    flat = read_onnx(path)
    assert [one.op for one in flat.graph.nodes[1:]] == ["zero_pad", "channels", "relu6", "avgpool", "softmax"]
    assert difference(flat, path, np.random.default_rng(0)) < 1e-5


def test_channels_last_and_first_are_told_apart_by_what_reads_the_input(tmp_path: Path) -> None:
    turned = [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t w", "y")]
    last = read_onnx(file(tmp_path, model(turned, ["n", 8, 9, 4], KERNEL)))
    first = read_onnx(file(tmp_path, model([node("Conv", "x w", "y")], ["n", 4, 8, 9], KERNEL)))
    assert last.network.shapes == first.network.shapes == ((8, 9, 4), (6, 7, 6))


def test_a_file_of_a_fixed_batch_is_run_for_any_number_of_samples(tmp_path: Path) -> None:
    path = file(tmp_path, model([node("Conv", "x w", "y")], [3, 4, 8, 8], KERNEL))
    flat = read_onnx(path)
    assert flat.said == ("the file takes 3 samples at a time; the network takes any number",)
    assert difference(flat, path, np.random.default_rng(0), 5) < 1e-5


def test_half_the_digits_are_made_whole_and_it_is_said(tmp_path: Path) -> None:
    arrays = {"h": floats(6, 4, 3, 3).astype(np.float16)}
    nodes = [node("Cast", "h", "w", to=1), node("Conv", "x w", "y")]
    flat = read_onnx(file(tmp_path, model(nodes, arrays=arrays)))
    assert flat.said == ("numbers in `float16` were made float32",)
    assert flat.network.weights is not None
    assert flat.network.weights["conv_1"]["kernel"].dtype == np.float32
