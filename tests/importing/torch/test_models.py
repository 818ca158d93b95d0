"""Published models of torchvision and timm, with fresh weights: imported, and proven to be what the module computes.

The proof compares the graphs node by node, and the outputs with those of the module. Images are small, so that a model
takes seconds. Lists of more, and what was found: docs/imported_models.md.
"""

from __future__ import annotations

from typing import Any

import pytest

import resnet_dsl
from resnet_dsl.importing.flat import NotImportedError
from tests.importing.torch.reading import shaken

torch = pytest.importorskip("torch")
timm, models = pytest.importorskip("timm"), pytest.importorskip("torchvision").models
pytestmark = pytest.mark.backends

TORCHVISION = {
    "resnet18": 64,
    "resnext50_32x4d": 64,
    "regnet_y_400mf": 64,
    "convnext_tiny": 64,
    "densenet121": 64,
    "mobilenet_v2": 64,
    "shufflenet_v2_x0_5": 64,
    "squeezenet1_0": 64,
    "fcn_resnet50": 64,
}
TIMM = {
    "resnet10t": 64,
    "resnet50d": 64,
    "resnetblur18": 64,
    "seresnet18": 64,
    "skresnet18": 64,
    "ecaresnext26t_32x4d": 64,
    "resnest14d": 64,
    "gcresnet33ts": 64,
    "resnetv2_18": 64,
    "resnetv2_50d_evos": 64,
    "nf_resnet26": 64,
    "convnext_atto": 64,
    "dla46_c": 64,
    "hrnet_w18_small": 64,
    "regnetx_002": 64,
    "test_nfnet": 64,
}
"""The length of an image's side, by the model's name."""

REFUSED = {
    "convnextv2_atto": "`stages.0.blocks.0.mlp.grn`",
    "vit_tiny_patch16_224": "cannot be imported: ",
}


def published(library: str, name: str) -> Any:
    """With numbers of its own in every norm."""
    if library == "timm":
        return shaken(timm.create_model(name, pretrained=False))
    more = {"weights_backbone": None} if name.startswith(("fcn", "deeplab", "lraspp")) else {}
    return shaken(models.get_model(name, weights=None, **more))


@pytest.mark.parametrize(
    ("library", "name", "side"),
    [("torchvision", *one) for one in TORCHVISION.items()] + [("timm", *one) for one in TIMM.items()],
)
def test_a_published_model_is_imported_and_computes_the_same(library: str, name: str, side: int) -> None:
    model = resnet_dsl.from_torch(published(library, name), torch.zeros(1, 3, side, side), name)
    assert any("outputs on random inputs agree" in one for one in model.said)


@pytest.mark.parametrize("name", REFUSED)
def test_a_published_model_that_the_language_cannot_say_is_refused_by_its_part(name: str) -> None:
    side = timm.get_pretrained_cfg(name).input_size[-1]
    with pytest.raises(NotImportedError, match=REFUSED[name]):
        resnet_dsl.from_torch(published("timm", name), torch.zeros(1, 3, side, side))
