"""The networks of ``outside`` in PyTorch: torchvision's, segmentation_models.pytorch's, and modules after the papers.

``python -m tests.specs.theirs`` records what they return (tests/reference/outputs.json) and prints what they count;
``python -m tests.specs.theirs NETWORK FILE.npz`` writes all that one of them returns. PyTorch has a process of its own:
some builds of it end one in which TensorFlow was loaded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.specs import torch_models
from tests.specs.outside import CASES, RECORDED, Case, inputs, sample
from tests.specs.transfer import Array

Outputs = dict[str, Tensor]


class Count(NamedTuple):
    """What PyTorch counts: parameters, parameters with moving statistics, multiply-accumulates of one sample."""

    params: int
    total_params: int
    macs: int


class Theirs:
    """Their network with the drawn weights; what it takes and returns has its channels last, as ours."""

    def __init__(self, case: Case) -> None:
        self.given = [_first(one) for one in inputs(case)]
        self.model = BUILDERS[case.network]().eval()
        ran = torch_models.ran_modules(self.model, self._run)
        torch_models.draw([module for _, module in sorted(torch_models.in_order(ran), key=_level)])

    def _run(self) -> Outputs:
        with torch.no_grad():
            found = self.model(*self.given)
        return found if isinstance(found, dict) else {"output": found}

    def __call__(self) -> dict[str, Array]:
        return {name: np.moveaxis(one.numpy(), 1, -1) for name, one in self._run().items()}

    def count(self) -> Count:
        params = sum(one.numel() for one in self.model.parameters())
        statistics = sum(one.numel() for name, one in self.model.named_buffers() if name.endswith(("_mean", "_var")))
        macs: list[int] = []
        hooks = [
            module.register_forward_hook(lambda module, _, out: macs.append(_macs(module, out)))
            for module in self.model.modules()
            if isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d)
        ]
        self._run()
        for hook in hooks:
            hook.remove()
        return Count(params, params + statistics, sum(macs))


def _first(array: Array) -> Tensor:
    return torch.from_numpy(np.moveaxis(array, -1, 1).copy())


def _macs(module: Any, out: Tensor) -> int:
    """Each number of the kernel once at each position."""
    return int(module.weight.numel() * (out[0].numel() // module.weight.shape[0]))


def _level(module: tuple[str, Any]) -> tuple[int, int]:
    """torchvision's pyramid runs level by level; ours has the sums first, from the smallest map, then the rest."""
    parts = module[0].split(".")
    if "inner_blocks" in parts:
        return 1, -int(parts[parts.index("inner_blocks") + 1])
    if "layer_blocks" in parts:
        return 2, int(parts[parts.index("layer_blocks") + 1])
    return (3, 0) if "extra_blocks" in parts or "subnets" in parts else (0, 0)


class Segmentation(nn.Module):
    """torchvision's DeepLabv3 or FCN; it has a second head while it trains."""

    def __init__(self, name: str, auxiliary: bool) -> None:
        from torchvision.models import segmentation

        super().__init__()
        options = {"weights": None, "weights_backbone": None, "num_classes": 21, "aux_loss": auxiliary}
        self.whole = getattr(segmentation, name)(**options)

    def forward(self, images: Tensor) -> Outputs:
        found = self.whole(images)
        return {"head": found["out"], "aux": found["aux"]} if "aux" in found else {"output": found["out"]}


class Pyramid(nn.Module):
    def __init__(self) -> None:
        from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

        super().__init__()
        self.body = resnet_fpn_backbone(backbone_name="resnet50", weights=None, norm_layer=nn.BatchNorm2d)

    def forward(self, images: Tensor) -> Outputs:
        return dict(zip(("p2", "p3", "p4", "p5", "p6"), self.body(images).values(), strict=True))


class Retina(nn.Module):
    """What torchvision's RetinaNet makes of images before it looks for boxes in it."""

    def __init__(self) -> None:
        from torchvision.models.detection import retinanet_resnet50_fpn

        super().__init__()
        whole = retinanet_resnet50_fpn(weights=None, weights_backbone=None)
        self.backbone, self.subnets = whole.backbone, whole.head

    def forward(self, images: Tensor) -> Outputs:
        levels = list(enumerate(self.backbone(images).values(), 3))
        classes, boxes = self.subnets.classification_head, self.subnets.regression_head
        return {
            **{f"classes{level}": classes.cls_logits(classes.conv(seen)) for level, seen in levels},
            **{f"boxes{level}": boxes.bbox_reg(boxes.conv(seen)) for level, seen in levels},
        }


class Siamese(nn.Module):
    """Koch et al. 2015, Figure 4; the map becomes a vector with its channels last, as ours does."""

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Sequential(
            *(nn.Conv2d(1, 64, 10), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(64, 128, 7), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(128, 128, 4), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(128, 256, 4), nn.ReLU()),
        )
        self.vector = nn.Linear(9216, 4096)
        self.same = nn.Linear(4096, 1)

    def _seen(self, image: Tensor) -> Tensor:
        found: Tensor = self.vector(self.map(image).permute(0, 2, 3, 1).flatten(1))
        return found.sigmoid()

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        result: Tensor = self.same((self._seen(left) - self._seen(right)).abs())
        return result.sigmoid()


class Temporal(nn.Module):
    """Bai et al. 2018, Figure 1b, without the normalisation of weights. All of the border is in the past."""

    def __init__(self, inputs: int, width: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.border = (kernel - 1) * dilation
        self.conv1 = nn.Conv1d(inputs, width, kernel, dilation=dilation)
        self.conv2 = nn.Conv1d(width, width, kernel, dilation=dilation)
        self.downsample = nn.Conv1d(inputs, width, 1) if inputs != width else nn.Identity()

    def forward(self, sequence: Tensor) -> Tensor:
        out = self.conv1(functional.pad(sequence, (self.border, 0))).relu()
        out = self.conv2(functional.pad(out, (self.border, 0))).relu()
        result: Tensor = (out + self.downsample(sequence)).relu()
        return result


class Music(nn.Module):
    """The authors' network for polyphonic music: a linear layer at each moment."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(Temporal(88 if i == 0 else 150, 150, 5, 2**i) for i in range(4)))
        self.linear = nn.Linear(150, 88)

    def forward(self, keys: Tensor) -> Tensor:
        found: Tensor = self.linear(self.blocks(keys).transpose(1, 2)).transpose(1, 2)
        return found.sigmoid()


class Residual(nn.Module):
    """Lim et al. 2017, Figure 2c."""

    def __init__(self, width: int, factor: float) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1)
        )
        self.factor = factor

    def forward(self, features: Tensor) -> Tensor:
        result: Tensor = features + self.factor * self.body(features)
        return result


class Edsr(nn.Module):
    """Lim et al. 2017, Figure 3, for images from 0 to 255 less the mean colour of DIV2K."""

    def __init__(self, width: int = 64, blocks: int = 16, factor: float = 1, rounds: int = 1) -> None:
        super().__init__()
        self.entry = nn.Conv2d(3, width, 3, padding=1)
        blocks_in_a_row = [Residual(width, factor) for _ in range(blocks)]
        self.middle = nn.Sequential(*blocks_in_a_row, nn.Conv2d(width, width, 3, padding=1))
        larger = [(nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2)) for _ in range(rounds)]
        self.tail = nn.Sequential(*(one for pair in larger for one in pair), nn.Conv2d(width, 3, 3, padding=1))

    def forward(self, images: Tensor) -> Tensor:
        mean = 255 * torch.tensor([0.4488, 0.4371, 0.4040]).reshape(1, 3, 1, 1)
        entry = self.entry(images - mean)
        result: Tensor = self.tail(entry + self.middle(entry)) + mean
        return result


class WithMetadata(nn.Module):
    """Pacheco & Krohling 2021: the features of a ResNet-50, fewer of them, and the metadata behind them."""

    def __init__(self) -> None:
        from torchvision.models import resnet50

        super().__init__()
        self.features = nn.Sequential(*list(resnet50(weights=None).children())[:-1], nn.Flatten())
        self.reducer = nn.Sequential(nn.Linear(2048, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.5))
        self.classifier = nn.Linear(256 + 81, 6)

    def forward(self, images: Tensor, patient: Tensor) -> Tensor:
        seen = self.reducer(self.features(images))
        result: Tensor = self.classifier(torch.cat([seen, patient], 1)).softmax(1)
        return result


def _unet() -> Any:
    import segmentation_models_pytorch

    return segmentation_models_pytorch.Unet("resnet34", encoder_weights=None, classes=1)


BUILDERS: dict[str, Callable[[], Any]] = {
    "unet_resnet34": _unet,
    "deeplabv3_resnet50": lambda: Segmentation("deeplabv3_resnet50", False),
    "deeplabv3_resnet50_aux": lambda: Segmentation("deeplabv3_resnet50", True),
    "fcn_resnet50": lambda: Segmentation("fcn_resnet50", False),
    "fcn_resnet50_aux": lambda: Segmentation("fcn_resnet50", True),
    "resnet50_fpn": Pyramid,
    "retinanet_resnet50_fpn": Retina,
    "siamese_omniglot": Siamese,
    "tcn_music": Music,
    "edsr_baseline_x2": Edsr,
    "edsr_baseline_x4": lambda: Edsr(rounds=2),
    "edsr_x2": lambda: Edsr(256, 32, 0.1),
    "edsr_x4": lambda: Edsr(256, 32, 0.1, rounds=2),
    "resnet50_metadata": WithMetadata,
}


def _record() -> None:
    found: dict[str, dict[str, Any]] = {}
    for case in CASES:
        theirs = Theirs(case)
        print(case.network, theirs.count())
        found[case.network] = {
            name: {"largest": float(np.abs(one).max()), "sample": [float(f"{number:.8g}") for number in sample(one)]}
            for name, one in theirs().items()
        }
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        np.savez(sys.argv[2], **Theirs(next(case for case in CASES if case.network == sys.argv[1]))())
    else:
        _record()
