"""Sliding windows against the formulas of PyTorch's and Keras' documentation, and against taps counted one by one."""

from __future__ import annotations

import itertools
import math

import pytest

from resnet_dsl.ir.lengths import OpenLength, slide, stretch
from tests.elaborate.compiling import compiled, refused_stage, staged


def torch_length(length: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """torch.nn.Conv2d, section Shape: floor((H + 2 padding - dilation (kernel - 1) - 1) / stride + 1)."""
    return math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1)


def keras_length(length: int, kernel: int, stride: int, padding: str, dilation: int) -> int:
    """keras.layers.Conv2D: `same` gives ceil(n / stride); `valid` ceil((n - (kernel - 1) dilation) / stride)."""
    if padding == "same":
        return math.ceil(length / stride)
    return math.ceil((length - (kernel - 1) * dilation) / stride)


CASES = list(itertools.product((16, 17, 31, 112), (1, 2, 3, 5, 7), (1, 2, 3, 4), (1, 2)))


@pytest.mark.parametrize("pad", [0, 1, 3, "half"])
def test_lengths_are_pytorchs(pad: int | str) -> None:
    for length, kernel, stride, dilation in CASES:
        padding = (kernel - 1) * dilation // 2 if pad == "half" else int(pad)
        body = f"conv(1, {kernel}, stride = {stride}, dilation = {dilation}, pad = {pad})"
        found = staged(body, size=f"{length}x1").facts.output_shape[0]
        assert found == torch_length(length, kernel, stride, padding, dilation), body


@pytest.mark.parametrize("pad", ["same", "valid"])
def test_lengths_are_keras(pad: str) -> None:
    for length, kernel, stride, dilation in CASES:
        if length <= (kernel - 1) * dilation:
            continue
        body = f"conv(1, {kernel}, stride = {stride}, dilation = {dilation}, pad = {pad})"
        found = staged(body, size=f"{length}x1").facts.output_shape[0]
        assert found == keras_length(length, kernel, stride, pad, dilation), body


@pytest.mark.parametrize("operation", ["maxpool", "avgpool"])
def test_pools_slide_like_convolutions_and_their_stride_is_their_kernel(operation: str) -> None:
    for length, kernel in itertools.product((16, 17, 31), (2, 3, 5)):
        assert staged(f"{operation}({kernel}, stride = 2)", size=f"{length}x1").facts.output_shape[0] == torch_length(
            length, kernel, 2, (kernel - 1) // 2, 1
        )
        assert (
            staged(f"{operation}({kernel}, pad = valid)", size=f"{length}x1").facts.output_shape[0] == length // kernel
        )


def test_a_window_takes_as_many_places_as_can_be_counted() -> None:
    for length, kernel, stride, padding in itertools.product(range(1, 20), range(1, 6), range(1, 5), range(4)):
        if kernel > length + padding:
            continue
        places = sum(1 for start in range(0, length + padding, stride) if start + kernel <= length + padding)
        assert slide(length, kernel, stride, padding) == places


def test_unknown_lengths_slide_and_stretch_like_known_ones() -> None:
    """Any chain of windows and stretches, worked out for n, is what the function gives for n."""
    steps = [
        ("slide", 3, 1, 2),
        ("slide", 4, 1, 1),
        ("slide", 3, 2, 2),
        ("slide", 2, 2, 0),
        ("stretch", 2, 0),
        ("stretch", 3, -1),
        ("slide", 5, 4, 4),
    ]
    for chain in itertools.product(steps, repeat=3):
        opened: int | OpenLength = OpenLength("n")
        for kind, *numbers in chain:
            opened = slide(opened, *numbers) if kind == "slide" else stretch(opened, *numbers)
        if not isinstance(opened, OpenLength) or opened.symbol != "n":
            continue  # nested floors: kept as a name of their own
        for n in (64, 65, 66, 67, 90, 127):
            known: int | OpenLength = n
            for kind, *numbers in chain:
                known = slide(known, *numbers) if kind == "slide" else stretch(known, *numbers)
            assert opened.times * ((opened.step * n + opened.before) // opened.by) + opened.after == known, chain


@pytest.mark.parametrize(
    "body", ["conv(1, 5, pad = valid)", "maxpool(5, pad = valid)", "conv(1, 3, dilation = 3, pad = 1)"]
)
def test_a_window_larger_than_its_map_is_refused(body: str) -> None:
    assert refused_stage(body, size="4x4x1") == ["E0303"]


def test_padding_is_explicit_in_the_graph() -> None:
    network = compiled(
        "network n { input 32x32x3 stage s { conv(8, 7x3, stride = 2) maxpool(2) conv(8, 3, pad = 1x2) } }"
    )
    pads = [node.args["pad"] for node in network.graph.nodes[1:]]
    assert pads == [((3, 3), (1, 1)), ((0, 0), (0, 0)), ((1, 1), (2, 2))]


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("conv_transpose(4, 2)", (16, 20, 4)),
        ("conv_transpose(4, 3, stride = 2)", (17, 21, 4)),
        ("upsample(2)", (16, 20, 3)),
        ("upsample(2x3)", (16, 30, 3)),
        ("subsample(3)", (3, 4, 3)),
        ("blurpool", (4, 5, 3)),
        ("avgpool(global)", (3,)),
        ("maxpool(global, keepdims = true)", (1, 1, 3)),
        ("flatten", (240,)),
        ("pad_channels(5)", (8, 10, 5)),
        ("channels(1, 2)", (8, 10, 2)),
        ("channel_pool", (8, 10, 1)),
        ("flatten reshape(4x20x3)", (4, 20, 3)),
    ],
)
def test_shapes_of_what_else_changes_them(body: str, shape: tuple[int, ...]) -> None:
    """Transposed convolution without padding: (n - 1) stride + kernel, as torch.nn.ConvTranspose2d has it."""
    assert staged(body, size="8x10x3").facts.output_shape == shape
