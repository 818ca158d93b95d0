"""What a module is beyond its operators: names, results, layers that are called twice, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.torch import flat_of_module
from tests.importing.torch.reading import examples, operations, read

torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional
pytestmark = pytest.mark.backends


class Residual(nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1, self.act = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(True)

    def forward(self, x: Any) -> Any:
        return self.act(self.bn1(self.conv1(x)) + x)


class Several(nn.Module):  # type: ignore[misc, name-defined]
    """Two inputs through one convolution; two results by name."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)

    def forward(self, left: Any, right: Any) -> Any:
        both = [self.norm(self.conv(one)) for one in (left, right)]
        return {"sum": both[0] + both[1], "rest": (both[0].mean((2, 3)), None)}


def test_nodes_are_called_as_the_modules_that_they_are() -> None:
    flat = read(nn.ModuleDict({"layer1": nn.Sequential(Residual(), Residual())})["layer1"], (4, 5, 6))
    assert [flat.labels[node.name] for node in flat.graph.nodes[1:]] == [
        f"{index}{part}" for index in (0, 1) for part in (".conv1", ".bn1", "", ".act")
    ]
    assert flat.graph.name == "Sequential"


def test_a_layer_that_is_called_twice_is_shared() -> None:
    flat = read(Several(), (4, 5, 6), (4, 5, 6))
    convs = [index for index, node in enumerate(flat.graph.nodes) if node.op == "conv"]
    assert [flat.graph.nodes[one].shares for one in convs] == [None, convs[0]]
    assert set(flat.network.weights or {}) == {flat.graph.nodes[one].name for one in (convs[0], convs[0] + 1)}


def test_inputs_and_results_have_their_names() -> None:
    flat = read(Several(), (4, 5, 6), (4, 5, 6))
    assert [node.name for node in flat.graph.nodes[: flat.graph.inputs]] == ["left", "right"]
    assert [output.name for output in flat.graph.outputs] == ["sum", "rest_0"]


def test_examples_may_be_named_and_may_hold_any_number_of_samples() -> None:
    left, right = torch.zeros(5, 4, 5, 6), torch.zeros(1, 4, 5, 6)
    flat = flat_of_module(Several(), {"right": right, "left": left})
    assert {node.name for node in flat.graph.nodes[: flat.graph.inputs]} == {"left", "right"}
    assert flat_of_module(nn.ReLU(), left).graph.nodes[0].args["shape"] == (5, 6, 4)


def test_the_module_stays_as_it_is() -> None:
    module = nn.Sequential(Residual(), nn.Dropout(0.2))
    module[0].bn1.eval()
    before = [one.training for one in module.modules()]
    held = {name: one.clone() for name, one in module.state_dict().items()}
    flat = flat_of_module(module, examples([(4, 5, 6)]))
    assert flat.run is not None
    flat.run([np.ones((2, 5, 6, 4), np.float32)])
    assert [one.training for one in module.modules()] == before
    assert all(torch.equal(one, held[name]) for name, one in module.state_dict().items())
    assert flat.said == ("dropout (0.2) does nothing at inference, and is left out",)


def test_half_precision_is_widened() -> None:
    flat = flat_of_module(nn.Conv2d(3, 4, 1).to(torch.bfloat16), torch.zeros(1, 3, 4, 4, dtype=torch.bfloat16))
    (weights,) = (flat.network.weights or {}).values()
    assert {one.dtype for one in weights.values()} == {np.dtype(np.float32)}
    assert any("bfloat16" in one for one in flat.said)


def test_a_standardised_kernel_is_told_by_its_numbers() -> None:
    timm = pytest.importorskip("timm")
    plain, scaled = timm.layers.StdConv2d(4, 6, 3, eps=1e-5), timm.layers.ScaledStdConv2d(4, 6, 3, gamma=1.7)
    for module, wanted in ((plain, ("plain", 1e-5, 1.0)), (scaled, ("scaled", 1e-6, 1.7))):
        conv = read(module, (4, 6, 6)).graph.nodes[1]
        assert tuple(conv.args[name] for name in ("standardize", "epsilon", "gamma")) == wanted


def test_a_kernel_that_is_computed_is_said_to_be() -> None:
    flat = read(nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 6, 3)), (4, 6, 6))
    assert [one for one in flat.said if "is computed of" in one]


class Depends(nn.Module):  # type: ignore[misc, name-defined]
    def forward(self, x: Any) -> Any:
        return x if x.sum() > 0 else -x


class Remembers(nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x: Any) -> Any:
        self.seen += 1
        return x * self.seen


class Broken(nn.Module):  # type: ignore[misc, name-defined]
    def forward(self, x: Any) -> Any:
        raise ValueError("this image is too small")


class Calls(nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.first, self.function = nn.Conv2d(4, 4, 1), function

    def forward(self, x: Any) -> Any:
        return self.function(self.first(x))


REFUSED = {
    "an operator that is not there": (lambda x: torch.fft.fft(x).real, "calls torch's `fft_fft"),
    "a function of two values": (lambda x: torch.atan2(x, x.tanh()), "calls torch's `atan2`"),
    "noise": (lambda x: x + torch.randn_like(x), "draws numbers by chance|randn_like"),
    "dropout at inference": (lambda x: functional.dropout(x, 0.5), "drops numbers by chance"),
    "statistics of the batch": (
        lambda x: functional.batch_norm(x, None, None, training=True),
        "statistics of the batch",
    ),
    "a mean over samples": (lambda x: x - x.mean(0, keepdim=True), "over samples"),
    "samples behind each other": (lambda x: torch.cat([x, x]), "puts samples behind each other"),
    "the first sample": (lambda x: x[:1] + x, "takes some samples"),
    "corners in place": (lambda x: functional.interpolate(x, (9, 5), mode="bilinear", align_corners=True), "corners"),
    "the front of cells": (lambda x: functional.interpolate(x, (9, 5)), "nearest-exact"),
    "uneven windows": (lambda x: functional.adaptive_avg_pool2d(x, (5, 4)), "in windows of several lengths"),
    "a number for each position": (lambda x: x + torch.arange(48.0).view(6, 8), "numbers of its own for each position"),
    "a dilated pool": (lambda x: functional.max_pool2d(x, 2, dilation=2), "a window with gaps"),
    "a kernel that follows from the input": (
        lambda x: functional.conv2d(x, x[0:1, :, :3, :3]),
        "samples|computes a kernel",
    ),
    "a result that does not follow": (lambda x: (x, torch.ones(3)), "does not depend on what flows in"),
    "an elu of its own": (lambda x: functional.elu(x, 0.5), "alpha = 0.5"),
    "a quotient of values": (lambda x: x / (x.abs() + 1), "divides by what flows in"),
    "a root that normalises nothing": (lambda x: (x.abs() + 1).sqrt(), "root of what flows in"),
    "a global norm": (lambda x: x * x.norm(dim=(2, 3), keepdim=True), "norm"),
    "a border of ones": (lambda x: functional.pad(x, (1, 1), value=1.0), "pads with 1.0"),
    "where the largest stand": (lambda x: x.max(1)[1].float(), "has only the first"),
    "whole numbers": (lambda x: x.to(torch.int32).float(), "numbers of type int32"),
    "bytes": (lambda x: x.view(torch.int32), "bytes of numbers"),
    "a cube": (lambda x: x**3, "another power"),
    "a part of a position": (lambda x: functional.interpolate(x, scale_factor=1.3, mode="bilinear"), "leaves a part"),
    "values between values": (lambda x: x.clamp(x.tanh(), x + 1), "no plain numbers|clamp"),
    "products of values": (lambda x: x @ x.transpose(2, 3), "multiplies matrices"),
    "one number a sample": (lambda x: x.mean((1, 2, 3)), "has one number a sample without an axis"),
    "no tensor": (lambda x: None, "returns no tensor"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_language_cannot_say_is_refused_by_name(name: str) -> None:
    function, wanted = REFUSED[name]
    with pytest.raises(NotImportedError, match=wanted) as raised:
        flat_of_module(Calls(function), examples([(4, 6, 8)]), "mine")
    assert str(raised.value).startswith("`mine` cannot be imported: ")


def test_the_part_before_what_is_refused_can_be_looked_at() -> None:
    with pytest.raises(NotImportedError, match="`1` calls") as raised:
        flat_of_module(nn.Sequential(nn.Conv2d(4, 4, 1), nn.Hardshrink()), examples([(4, 6, 8)]))
    assert raised.value.part is not None
    assert operations(raised.value.part)[0] == "conv"


@pytest.mark.parametrize(
    ("module", "wanted"),
    [
        (Depends(), "torch.export cannot follow it"),
        (Remembers(), "it changes its own `seen`"),
        (Broken(), "this image is too small"),
        (nn.Embedding(3, 4), "cannot be imported"),
    ],
)
def test_what_torch_cannot_follow_is_refused(module: Any, wanted: str) -> None:
    with pytest.raises(NotImportedError, match=wanted):
        flat_of_module(module, examples([(4, 6, 8)]))


def test_tensors_without_numbers_are_refused() -> None:
    with pytest.raises(NotImportedError, match="`weight` has no numbers"):
        flat_of_module(nn.Conv2d(4, 4, 1, device="meta"), torch.zeros(1, 4, 6, 8, device="meta"))


def test_what_is_no_module_is_refused_with_the_reason() -> None:
    with pytest.raises(Failure, match="a module of PyTorch is read") as raised:
        flat_of_module("model.pth", examples([(4, 6, 8)]))
    assert raised.value.remedy is not None
    assert "files can hold code" in raised.value.remedy
