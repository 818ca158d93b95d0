"""Operators of torch, each in a small module that is read and computed by the interpreter, beside the module itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.importing.torch.reading import operations, read

torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional
pytestmark = pytest.mark.backends


class Of(nn.Module):  # type: ignore[misc, name-defined]
    """A function of values and of the modules and tensors that are given by name; ``…_fixed`` are buffers."""

    def __init__(self, function: Callable[..., Any], **parts: Any) -> None:
        super().__init__()
        self.function = function
        for name, one in parts.items():
            if isinstance(one, nn.Module):
                self.add_module(name, one)
            elif name.endswith("fixed"):
                self.register_buffer(name, one)
            else:
                self.register_parameter(name, nn.Parameter(one))

    def forward(self, *values: Any) -> Any:
        return self.function(self, *values)


def of(function: Callable[..., Any], **parts: Any) -> Any:
    return Of(function, **parts)


def plain(function: Callable[..., Any]) -> Any:
    return Of(lambda self, *values: function(*values))


def each(row: Any) -> Any:
    return row.view(-1, 1, 1)


def layer_written_out(self: Any, x: Any) -> Any:
    """As in the repository of ConvNeXt."""
    mean = x.mean(1, keepdim=True)
    variance = (x - mean).pow(2).mean(1, keepdim=True)
    return each(self.w) * ((x - mean) / torch.sqrt(variance + 1e-6)) + each(self.b)


def response(self: Any, x: Any) -> Any:
    """Singh & Krishnan 2020, with its threshold."""
    made = x * torch.rsqrt(x.square().mean((2, 3), keepdim=True) + 1e-6) * each(self.w) + each(self.b)
    return torch.maximum(made, each(self.tau))


def evonorm(self: Any, x: Any) -> Any:
    """Liu et al. 2020, S0, in two groups."""
    variance = x.view(-1, 2, 2, *x.shape[2:]).var((2, 3, 4), unbiased=False, keepdim=True)
    spread = (variance + 1e-5).sqrt().expand(-1, 2, 2, *x.shape[2:]).reshape(x.shape)
    return x * (x * each(self.v)).sigmoid() / spread * each(self.w) + each(self.b)


def changed_in_place(x: Any) -> Any:
    made = x * 2
    return made.add_(1) * made


MAP, SIGNAL, VOLUME, ROW = (4, 6, 8), (4, 10), (2, 4, 5, 6), (12,)

CONVOLUTIONS = {
    "window": (nn.Conv2d(4, 6, 3, 2, 1, bias=False), MAP, "conv"),
    "one a axis": (nn.Conv2d(4, 6, (1, 3), (2, 1), (0, 1), (1, 1)), MAP, "conv"),
    "groups": (nn.Conv2d(4, 8, 3, padding=2, dilation=2, groups=4), MAP, "conv"),
    "same": (nn.Conv2d(4, 6, (2, 3), padding="same", dilation=(1, 2)), MAP, "conv"),
    "valid": (nn.Conv2d(4, 6, 3, padding="valid"), MAP, "conv"),
    "mirror": (nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect"), MAP, "conv"),
    "edge": (nn.Conv2d(4, 6, 3, padding=1, padding_mode="replicate"), MAP, "conv"),
    "signal": (nn.Conv1d(4, 6, 3, 2, 1), SIGNAL, "conv"),
    "volume": (nn.Conv3d(2, 3, 3, padding=1), VOLUME, "conv"),
    "padded before": (nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.Conv2d(4, 6, 3, 2, 1)), MAP, "conv"),
    "padded and read twice": (
        of(
            lambda self, x: (
                self.conv(functional.pad(x, (1, 1, 1, 1))) + functional.pad(x, (1, 1, 1, 1))[:, :, 1:-1, 1:-1]
            ),
            conv=nn.Conv2d(4, 4, 3),
        ),
        MAP,
        "conv zero_pad crop add",
    ),
    "transposed": (nn.ConvTranspose2d(4, 6, 2, 2), MAP, "conv_transpose"),
    "transposed and trimmed": (nn.ConvTranspose2d(4, 6, 4, 2, 1), MAP, "conv_transpose crop"),
    "transposed and longer": (nn.ConvTranspose2d(4, 6, 3, 2, 1, 1), MAP, "conv_transpose crop"),
    "dense": (nn.Linear(12, 5), ROW, "dense"),
    "dense on maps": (nn.Sequential(nn.Flatten(), nn.Linear(192, 5)), MAP, "flatten dense"),
    "dense on lines": (
        of(lambda self, x: self.fc(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2), fc=nn.Linear(4, 7)),
        MAP,
        "conv",
    ),
    "product": (of(lambda self, x: x @ self.w, w=torch.randn(12, 5)), ROW, "dense"),
    "product and offset": (
        of(lambda self, x: torch.addmm(self.b, x, self.w), w=torch.randn(12, 5), b=torch.randn(5)),
        ROW,
        "dense",
    ),
    "weight norm": (nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 6, 3)), MAP, "conv"),
    "blur": (
        of(
            lambda self, x: functional.conv2d(
                functional.pad(x, (1, 1, 1, 1), "reflect"), self.fixed, stride=2, groups=4
            ),
            fixed=(torch.tensor([1.0, 2, 1])[:, None] * torch.tensor([1.0, 2, 1])).expand(4, 1, 3, 3) / 16,
        ),
        MAP,
        "blurpool",
    ),
}

NORMS = {
    "batch": (nn.BatchNorm2d(4, eps=1e-3, momentum=0.2), MAP, "batchnorm"),
    "batch without factors": (nn.BatchNorm2d(4, affine=False), MAP, "batchnorm"),
    "batch of rows": (nn.BatchNorm1d(12), ROW, "batchnorm"),
    "batch of flat maps": (
        nn.Sequential(nn.Flatten(), nn.BatchNorm1d(192), nn.ReLU(), nn.Linear(192, 3)),
        MAP,
        "flatten batchnorm relu dense",
    ),
    "batch of signals": (nn.BatchNorm1d(4), SIGNAL, "batchnorm"),
    "layer on maps": (
        of(lambda self, x: self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2), norm=nn.LayerNorm(4)),
        MAP,
        "layernorm",
    ),
    "layer on rows": (nn.LayerNorm(12, elementwise_affine=False), ROW, "layernorm"),
    "layer over all": (nn.LayerNorm((4, 6, 8), elementwise_affine=False), MAP, "groupnorm"),
    "group": (nn.GroupNorm(2, 4), MAP, "groupnorm"),
    "instance": (nn.InstanceNorm2d(4, affine=True), MAP, "instancenorm"),
    "instance that remembers": (nn.InstanceNorm2d(4, affine=True, track_running_stats=True), MAP, "batchnorm"),
    "frozen": (
        of(
            lambda self, x: (
                x * (self.w_fixed * (self.v_fixed + 1e-5).rsqrt()).reshape(1, -1, 1, 1)
                + self.b_fixed.reshape(1, -1, 1, 1)
            ),
            w_fixed=torch.rand(8),
            v_fixed=torch.rand(8) + 1,
            b_fixed=torch.randn(8),
        ),
        (8, 5, 5),
        "batchnorm",
    ),
    "layer, written out": (
        of(layer_written_out, w=torch.randn(4), b=torch.randn(4)),
        MAP,
        "layernorm",
    ),
    "response": (of(response, w=torch.randn(4), b=torch.randn(4), tau=torch.randn(4)), MAP, "frn tlu"),
    "evonorm": (of(evonorm, v=torch.randn(4), w=torch.randn(4), b=torch.randn(4)), MAP, "evonorm"),
    "standardised": (
        of(
            lambda self, x: functional.conv2d(
                x, (self.w - self.w.mean((1, 2, 3), True)) / (self.w.var((1, 2, 3), False, True) + 1e-5).sqrt()
            ),
            w=torch.randn(6, 4, 3, 3),
        ),
        MAP,
        "conv",
    ),
}

ACTIVATIONS = {
    **{
        name: (module, MAP, name)
        for name, module in {
            "relu": nn.ReLU(True),
            "relu6": nn.ReLU6(),
            "leaky_relu": nn.LeakyReLU(0.2),
            "prelu": nn.PReLU(4),
            "elu": nn.ELU(),
            "selu": nn.SELU(),
            "gelu": nn.GELU("tanh"),
            "silu": nn.SiLU(True),
            "mish": nn.Mish(),
            "softplus": nn.Softplus(),
            "sigmoid": nn.Sigmoid(),
            "hard_sigmoid": nn.Hardsigmoid(),
            "hard_swish": nn.Hardswish(),
            "tanh": nn.Tanh(),
            "softmax": nn.Softmax(1),
        }.items()
    },
    "dropout": (nn.Dropout(0.3), MAP, ""),
    "one slope": (nn.PReLU(), MAP, "prelu"),
    "clamp": (plain(lambda x: x.clamp(0, 6)), MAP, "relu6"),
    "clamp from 0": (plain(lambda x: x.clamp(min=0)), MAP, "relu"),
    "abs": (plain(lambda x: x.abs()), MAP, "abs"),
    "softmax of parts": (plain(lambda x: x.view(-1, 2, 2, 6, 8).softmax(1).reshape(-1, 4, 6, 8)), MAP, "softmax"),
    "softmax of places": (plain(lambda x: x.flatten(2).softmax(-1).view(-1, 4, 6, 8)), MAP, "spatial_softmax"),
    "in place on what is read again": (plain(changed_in_place), MAP, "scale shift mul"),
}

POOLS = {
    "largest": (nn.MaxPool2d(3, 2, 1), MAP, "maxpool"),
    "largest with a last window": (nn.MaxPool2d(3, 2, ceil_mode=True), MAP, "maxpool"),
    "largest beside zeros": (nn.Sequential(nn.ZeroPad2d(1), nn.MaxPool2d(3, 2)), MAP, "maxpool"),
    "largest beside the lowest": (
        nn.Sequential(nn.ConstantPad2d((0, 1, 0, 1), -torch.inf), nn.MaxPool2d(3, 2)),
        MAP,
        "maxpool",
    ),
    "largest of a signal": (nn.MaxPool1d(2), SIGNAL, "maxpool"),
    "mean": (nn.AvgPool2d(3, 2, 1), MAP, "avgpool"),
    "mean of the map alone": (nn.AvgPool2d(3, 2, 1, count_include_pad=False), MAP, "avgpool"),
    "mean with a last window": (nn.AvgPool2d(3, 2, ceil_mode=True), (4, 6, 8), "avgpool"),
    "mean of zeros, too": (nn.Sequential(nn.ZeroPad2d(1), nn.AvgPool2d(3, 2)), MAP, "avgpool"),
    "global": (nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), MAP, "avgpool"),
    "global, as a map": (nn.AdaptiveAvgPool2d(1), MAP, "avgpool"),
    "global largest": (nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()), MAP, "maxpool"),
    "adaptive": (nn.AdaptiveAvgPool2d((3, 2)), MAP, "avgpool"),
    "adaptive that repeats": (nn.AdaptiveAvgPool2d((12, 8)), MAP, "upsample"),
    "mean of lengths": (plain(lambda x: x.mean((2, 3))), MAP, "avgpool"),
    "mean of one length": (plain(lambda x: x.mean(3, keepdim=True)), MAP, "avgpool"),
    "sum of lengths": (plain(lambda x: x.sum((2, 3))), MAP, "avgpool scale flatten"),
    "mean of channels": (plain(lambda x: x.mean(1, keepdim=True)), MAP, "channel_pool"),
    "largest of channels": (plain(lambda x: x.max(1, keepdim=True)[0]), MAP, "channel_pool"),
    "largest of lengths": (plain(lambda x: x.amax((2, 3))), MAP, "maxpool"),
}

MERGES = {
    "gate": (plain(lambda x: x * x.mean((2, 3), True).sigmoid()), MAP, "avgpool sigmoid mul"),
    "gate that is repeated": (plain(lambda x: x * x.mean((2, 3), True).expand_as(x)), MAP, "avgpool mul"),
    "gate of a row": (plain(lambda x: x * x.mean((2, 3)).view(-1, 4, 1, 1)), MAP, "avgpool mul"),
    "sum that is repeated": (plain(lambda x: x + x.mean((2, 3), True)), MAP, "avgpool resize add"),
    "difference": (plain(lambda x: x - x.tanh()), MAP, "tanh sub"),
    "multiples": (plain(lambda x: torch.add(x, x.tanh(), alpha=0.5)), MAP, "tanh scale add"),
    "sum by weights": (
        plain(lambda x: (x.flatten(2) @ x[:, :1].flatten(2).softmax(-1).transpose(1, 2)).view(-1, 4, 1, 1)),
        MAP,
        "channels spatial_softmax mul avgpool scale",
    ),
    "twice": (plain(lambda x: x + x), MAP, "scale"),
    "square": (plain(lambda x: x**2), MAP, "mul"),
    "numbers": (plain(lambda x: 1 - (x * 2 + 1) / 4), MAP, "scale shift scale scale shift"),
    "learned numbers": (
        of(lambda self, x: x * self.a + self.b, a=torch.ones(1), b=torch.zeros(())),
        MAP,
        "scale shift",
    ),
    "layer scale": (of(lambda self, x: x * self.a.view(-1, 1, 1), a=torch.ones(4)), MAP, "channel_scale"),
    "layer scale on lines": (
        of(lambda self, x: (x.permute(0, 2, 3, 1) * self.a).permute(0, 3, 1, 2), a=torch.ones(4)),
        MAP,
        "channel_scale",
    ),
    "offsets": (of(lambda self, x: x + self.a.view(-1, 1, 1), a=torch.ones(4)), MAP, "batchnorm"),
    "colours": (
        of(
            lambda self, x: (x - self.mean_fixed) / self.std_fixed,
            mean_fixed=torch.rand(3, 1, 1),
            std_fixed=torch.rand(3, 1, 1) + 1,
        ),
        (3, 5, 5),
        "normalize",
    ),
    "join": (plain(lambda x: torch.cat([x, x.tanh(), x], 1)), MAP, "tanh concat"),
    "join on lines": (
        plain(lambda x: torch.cat([x.permute(0, 2, 3, 1), x.permute(0, 2, 3, 1)], 3).permute(0, 3, 1, 2)),
        MAP,
        "concat",
    ),
    "join of lengths": (
        plain(lambda x: torch.cat([x, x], 2).mean((2, 3))),
        MAP,
        None,
    ),
    "join of zeros": (plain(lambda x: torch.cat([x, torch.zeros_like(x)], 1)), MAP, "pad_channels"),
    "stack and sum": (plain(lambda x: torch.stack([x, x.tanh()], 1).sum(1)), MAP, "tanh add"),
    "stack and choose": (plain(lambda x: torch.stack([x, x.tanh()], 1)[:, 1]), MAP, "tanh"),
}

SHAPES = {
    "shuffle": (plain(lambda x: x.view(-1, 2, 2, 6, 8).transpose(1, 2).reshape(-1, 4, 6, 8)), MAP, None),
    "shuffle by name": (nn.ChannelShuffle(2), MAP, None),
    "pixel shuffle": (nn.PixelShuffle(2), MAP, "depth_to_space"),
    "pixel unshuffle": (nn.PixelUnshuffle(2), MAP, "space_to_depth"),
    "places among channels": (
        plain(lambda x: x.view(-1, 4, 3, 2, 4, 2).permute(0, 3, 5, 1, 2, 4).reshape(-1, 16, 3, 4)),
        MAP,
        "space_to_depth",
    ),
    "channels as places": (
        plain(lambda x: x.view(-1, 2, 2, 1, 6, 8).permute(0, 3, 4, 1, 5, 2).reshape(-1, 1, 12, 16)),
        MAP,
        "depth_to_space",
    ),
    "lengths transposed": (plain(lambda x: x.transpose(2, 3)), MAP, None),
    "flat": (nn.Flatten(), MAP, None),
    "first channels": (plain(lambda x: x[:, 1:3]), MAP, "channels"),
    "chunks": (plain(lambda x: torch.mul(*x.chunk(2, 1))), MAP, "channels channels mul"),
    "split": (plain(lambda x: x.split([1, 3], 1)[1]), MAP, "channels"),
    "crop": (plain(lambda x: x[:, :, 1:-2, 2:]), MAP, "crop"),
    "every second": (plain(lambda x: x[:, :, ::2, ::2]), MAP, "subsample"),
    "option A": (
        plain(lambda x: functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2))),
        (4, 5, 7),
        "subsample pad_channels",
    ),
    "border": (nn.ZeroPad2d(1), MAP, "zero_pad"),
    "mirror alone": (nn.ReflectionPad2d(2), MAP, "avgpool"),
    "crop by padding": (nn.ZeroPad2d((-1, 0, 0, -2)), MAP, "crop"),
    "upsample": (nn.Upsample(scale_factor=2), MAP, "upsample"),
    "upsample between": (nn.Upsample(scale_factor=2, mode="bilinear"), MAP, "upsample"),
    "resize": (plain(lambda x: functional.interpolate(x, (9, 5), mode="bilinear")), MAP, "resize"),
    "resize exactly": (plain(lambda x: functional.interpolate(x, (9, 5), mode="nearest-exact")), MAP, "resize"),
    "resize from one place": (
        plain(lambda x: functional.interpolate(x.mean((2, 3), True), (9, 5), mode="bilinear", align_corners=True)),
        MAP,
        "avgpool resize",
    ),
    "axes of length 1": (plain(lambda x: x.mean((2, 3)).unsqueeze(-1).unsqueeze(-1).squeeze()), MAP, "avgpool"),
    "channels as a length": (
        of(
            lambda self, x: x * self.conv(x.mean((2, 3)).view(-1, 1, 4)).sigmoid().view(-1, 4, 1, 1),
            conv=nn.Conv1d(1, 1, 3, padding=1, bias=False),
        ),
        MAP,
        "avgpool reshape conv sigmoid reshape mul",
    ),
}

CASES = {**CONVOLUTIONS, **NORMS, **ACTIVATIONS, **POOLS, **MERGES, **SHAPES}
assert len(CASES) == sum(map(len, (CONVOLUTIONS, NORMS, ACTIVATIONS, POOLS, MERGES, SHAPES))), "a name stands twice"


@pytest.mark.parametrize("name", CASES)
def test_an_operator_is_read_as_what_computes_the_same(name: str) -> None:
    module, shape, expected = CASES[name]
    found = operations(read(module, shape))
    assert expected is None or found == expected.split()
