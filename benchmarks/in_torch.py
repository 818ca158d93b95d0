"""The benchmarks' networks in PyTorch: torchvision's, and what it lacks, written as one writes it there.

Imported where PyTorch is (of_torch.py); each network has as many weights as ours of its name.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torchvision
from torch import nn


def conv(entering: int, width: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """A convolution and its normalisation."""
    convolution = nn.Conv2d(entering, width, size, stride, size // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(width)]


class Residual(nn.Module):
    def __init__(self, path: list[nn.Module], skip: nn.Module, act: nn.Module) -> None:
        super().__init__()
        self.path, self.skip, self.act = nn.Sequential(*path), skip, act

    def forward(self, values: Any) -> Any:
        return self.act(self.path(values) + self.skip(values))


class Padded(nn.Module):
    """Every second place, and zeros for the channels that are new: option A of the CIFAR networks."""

    def forward(self, values: Any) -> Any:
        channels = values.shape[1]
        return nn.functional.pad(values[:, :, ::2, ::2], (0, 0, 0, 0, 0, channels))


def basic(entering: int, width: int) -> nn.Module:
    stride = width // entering
    path = [*conv(entering, width, 3, stride), nn.ReLU(), *conv(width, width, 3)]
    return Residual(path, nn.Identity() if stride == 1 else Padded(), nn.ReLU())


def separated(entering: int, width: int, stride: int) -> nn.Module:
    wide, same = 2 * entering, stride == 1 and entering == width
    path = [*conv(entering, wide, 1), nn.ReLU(), *conv(wide, wide, 3, stride, wide), nn.ReLU(), *conv(wide, width, 1)]
    skip = nn.Identity() if same else nn.Sequential(*conv(entering, width, 1, stride))
    return Residual(path, skip, nn.Identity())


def head(width: int, classes: int) -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes), nn.Softmax(1)]


def cifar_resnet56() -> nn.Module:
    widths = [16] * 10 + [32] * 9 + [64] * 9
    blocks = [basic(*pair) for pair in pairwise(widths)]
    return nn.Sequential(*conv(3, 16, 3), nn.ReLU(), *blocks, *head(64, 10))


def depthwise() -> nn.Module:
    blocks, entering = [], 32
    for width, count in ((64, 2), (128, 3), (256, 4), (512, 2)):
        for place in range(count):
            blocks.append(separated(entering, width, 1 if place else 2))
            entering = width
    return nn.Sequential(*conv(3, 32, 3, 2), nn.ReLU(), *blocks, *head(512, 1000))


def made(name: str) -> Any:
    """The network with random weights, compiled for inference, anew for each size of a batch."""
    makers = {"depthwise": depthwise, "cifar_resnet56": cifar_resnet56}
    module = makers[name]() if name in makers else getattr(torchvision.models, name)(weights=None)
    return torch.compile(module.eval(), dynamic=False)


def run(module: Any, values: Any) -> Any:
    """Of an array (batch, height, width, channels)."""
    with torch.inference_mode():
        return module(torch.from_numpy(values.transpose(0, 3, 1, 2).copy())).numpy()
