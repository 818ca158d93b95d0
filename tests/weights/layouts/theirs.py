"""The published networks that ship here, in the libraries that publish them.

``python -m tests.weights.layouts.theirs`` writes tests/fixtures/layouts: what their ``state_dict()`` holds, names and
shapes alone (names.txt.gz); and one small network as timm, PyTorch and safetensors write it (small.*), with what it
returns for given images (small.npz). It needs torch, torchvision, timm, transformers and safetensors.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tests.conftest import ROOT
from tests.specs import torch_models
from tests.specs.transfer import images

SMALL = ROOT / "tests" / "fixtures" / "layouts"
NAMES = SMALL / "names.txt.gz"


class Published(NamedTuple):
    """A network: whose, what it is called there and here, and what it is made with."""

    library: str
    theirs: str
    ours: str
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def title(self) -> str:
        return f"{self.library} {self.theirs}"


TIMM = (
    *("resnet18", "resnet34", "resnet50", "resnet26", "resnet10t", "resnet50c", "resnet50d", "resnet50t", "resnetrs50"),
    *("resnext50_32x4d", "wide_resnet50_2", "resnetblur50", "resnetaa50", "seresnet18", "seresnet50", "ecaresnet26t"),
    *("ecaresnet50d_pruned", "skresnet18", "resnest50d", "botnet26t_256", "resnetv2_18", "resnetv2_50", "resnet50_gn"),
    *("resnetv2_50x1_bit", "resnetv2_50d_frn", "resnetv2_50d_evos", "res2net50_26w_4s", "regnetx_032", "regnety_032"),
    *("convnext_tiny", "dm_nfnet_f0", "densenet121", "densenet169", "dla34", "hrnet_w18"),
)
TORCHVISION = {
    **{name: name for name in ("resnet18", "resnet34", "resnet50", "resnext50_32x4d", "wide_resnet50_2")},
    **{name: name for name in ("densenet121", "densenet169", "convnext_tiny")},
    "regnet_x_3_2gf": "regnetx_032",
    "regnet_y_3_2gf": "regnety_032",
}
_BASIC = (("layer_type", "basic"), ("hidden_sizes", [64, 128, 256, 512]))
_REGNET_X = (
    ("hidden_sizes", [96, 192, 432, 1008]),
    ("depths", [2, 6, 15, 2]),
    ("groups_width", 48),
    ("layer_type", "x"),
)
_REGNET_Y = (
    ("hidden_sizes", [72, 216, 576, 1512]),
    ("depths", [2, 5, 13, 1]),
    ("groups_width", 24),
    ("layer_type", "y"),
)
HUGGINGFACE = (
    Published("huggingface", "ResNet 18", "resnet18", (*_BASIC, ("depths", [2, 2, 2, 2]))),
    Published("huggingface", "ResNet 34", "resnet34", (*_BASIC, ("depths", [3, 4, 6, 3]))),
    Published("huggingface", "ResNet 50", "resnet50"),
    Published("huggingface", "RegNet X", "regnetx_032", _REGNET_X),
    Published("huggingface", "RegNet Y", "regnety_032", _REGNET_Y),
    Published("huggingface", "ConvNext tiny", "convnext_tiny"),
)
SEGMENTATION = (
    Published("torchvision", "deeplabv3_resnet50", "deeplabv3_resnet50"),
    Published("torchvision", "deeplabv3_resnet50 aux", "deeplabv3_resnet50_aux", (("aux_loss", True),)),
    Published("torchvision", "fcn_resnet50", "fcn_resnet50"),
    Published("torchvision", "fcn_resnet50 aux", "fcn_resnet50_aux", (("aux_loss", True),)),
)
PUBLISHED = (
    *(Published("timm", name, name) for name in TIMM),
    *(Published("torchvision", theirs, ours) for theirs, ours in TORCHVISION.items()),
    *SEGMENTATION,
    *HUGGINGFACE,
)


def build(network: Published) -> Any:
    """The module, with fresh weights, for inference."""
    return {"timm": _timm, "torchvision": _torchvision, "huggingface": _huggingface}[network.library](network).eval()


def _timm(network: Published) -> Any:
    import timm

    return timm.create_model(network.theirs, **dict(network.options))


def _torchvision(network: Published) -> Any:
    import torchvision

    name = network.theirs.partition(" ")[0]
    if network in SEGMENTATION:
        return getattr(torchvision.models.segmentation, name)(
            weights=None, weights_backbone=None, **dict(network.options)
        )
    return getattr(torchvision.models, name)(weights=None)


def _huggingface(network: Published) -> Any:
    import transformers

    family = network.theirs.partition(" ")[0]
    stem = {"embedding_size": 32} if family == "RegNet" else {}
    config = getattr(transformers, f"{family}Config")(num_labels=1000, **stem, **dict(network.options))
    return getattr(transformers, f"{family}ForImageClassification")(config)


def published_names() -> dict[str, dict[str, tuple[int, ...]]]:
    """By the networks' titles: the shapes of all arrays by their names."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for line in gzip.decompress(NAMES.read_bytes()).decode().splitlines():
        first, _, rest = line.partition("\t")
        if first.startswith("# "):
            found[first[2:]] = arrays = {}
        else:
            arrays[first] = tuple(map(int, rest.split()))
    return found


def _lines() -> Iterator[str]:
    for network in PUBLISHED:
        yield f"# {network.title}"
        yield from (f"{name}\t{' '.join(map(str, array.shape))}" for name, array in build(network).state_dict().items())


def small() -> Any:
    """The network of small.resnet, with random numbers everywhere."""
    import torch
    from timm.layers import BatchNormAct2d, create_conv2d
    from timm.models.resnetv2 import ResNetV2

    kinds = {"act_layer": torch.nn.ReLU, "norm_layer": BatchNormAct2d, "conv_layer": create_conv2d}
    model = ResNetV2(layers=(2, 1), channels=(32, 64), num_classes=5, stem_chs=8, stem_type="", **kinds).eval()
    torch_models.randomise(model)
    return model


def _write_small() -> None:
    """float32 as PyTorch saves a checkpoint, and float16 and bfloat16 as safetensors does."""
    import torch
    from safetensors.torch import save_file

    model, batch = small(), images(2, 32)
    weights = model.state_dict()
    held = {"epoch": 3, "state_dict": {f"module.{name}": one for name, one in weights.items()}}
    torch.save({**held, "optimizer": torch.optim.SGD(model.parameters(), 0.1, 0.9).state_dict()}, SMALL / "small.pth")
    for kind in (torch.float16, torch.bfloat16):
        halves = {name: one.to(kind) if one.is_floating_point() else one for name, one in weights.items()}
        save_file(halves, SMALL / f"small.{str(kind).removeprefix('torch.')}.safetensors")
    np.savez(SMALL / "small.npz", images=batch, logits=torch_models.run(model, batch))


if __name__ == "__main__":
    _write_small()
    NAMES.write_bytes(gzip.compress("".join(f"{line}\n" for line in _lines()).encode(), 9, mtime=0))
