"""The networks of timm and pytorchcv: the same weights give the same logits in PyTorch and in Keras."""

from __future__ import annotations

from typing import Any

import pytest

from resnet_dsl import pipeline, resources
from tests.specs import torch_models
from tests.specs.transfer import Ours, images, relative_difference

pytestmark = pytest.mark.slow
pytest.importorskip("keras")
torch = pytest.importorskip("torch")

TIMM: list[tuple[str, str, dict[str, Any]]] = [
    ("resnet/imagenet.resnet", "resnet18", {}),
    ("resnet/imagenet.resnet", "resnet50", {}),
    ("resnext/resnext.resnet", "resnext50_32x4d", {}),
    ("wide/imagenet.resnet", "wide_resnet50_2", {}),
    ("tricks/stems.resnet", "resnet10t", {}),
    ("tricks/stems.resnet", "resnet26", {}),
    ("tricks/stems.resnet", "resnet50c", {}),
    ("tricks/stems.resnet", "resnet50d", {}),
    ("tricks/stems.resnet", "resnet50t", {}),
    ("tricks/rs.resnet", "resnetrs50", {}),
    ("tricks/antialiased.resnet", "resnetblur50", {}),
    ("tricks/antialiased.resnet", "resnetaa50", {}),
    ("tricks/dilated.resnet", "resnet50_os8", {"name": "resnet50", "output_stride": 8}),
    ("tricks/dilated.resnet", "resnet50_os16", {"name": "resnet50", "output_stride": 16}),
    ("attention/se.resnet", "seresnet18", {}),
    ("attention/se.resnet", "seresnet50", {}),
    ("attention/eca.resnet", "ecaresnet26t", {}),
    ("attention/eca_pruned.resnet", "ecaresnet50d_pruned", {}),
    ("attention/sk.resnet", "skresnet18", {}),
    ("attention/resnest.resnet", "resnest50d", {}),
    ("attention/botnet.resnet", "botnet26t_256", {"pixels": 256}),
    ("preact/imagenet.resnet", "resnetv2_18", {}),
    ("preact/imagenet.resnet", "resnetv2_50", {}),
    ("normalisation/groupnorm.resnet", "resnet50_gn", {}),
    ("normalisation/bit.resnet", "resnetv2_50x1_bit", {"pixels": 128}),
    ("normalisation/frn.resnet", "resnetv2_50d_frn", {"pixels": 128}),
    ("normalisation/frn.resnet", "resnetv2_50d_evos", {}),
    ("res2net/res2net.resnet", "res2net50_26w_4s", {}),
    ("regnet/regnet.resnet", "regnetx_032", {}),
    ("regnet/regnet.resnet", "regnety_032", {}),
    ("convnext/convnext.resnet", "convnext_tiny", {}),
    ("nfnet/nfnet.resnet", "dm_nfnet_f0", {}),
    ("densenet/imagenet.resnet", "densenet121", {}),
    ("dla/dla.resnet", "dla34", {}),
    ("hrnet/hrnet.resnet", "hrnet_w18", {}),
]
PYTORCHCV = [
    ("attention/cbam.resnet", "cbam_resnet50", "", "cbam_resnet50", 224),
    ("preact/cifar.resnet", "cifar_preresnet164", "", "preresnet164bn_cifar10", 32),
    ("wide/cifar.resnet", "cifar_wrn28_10", "", "wrn28_10_cifar10", 32),
    (
        "resnext/cifar.resnet",
        "cifar_resnext29_8x64d",
        "default bottleneck(groups = 32, base_width = 4)",
        "resnext29_32x4d_cifar10",
        32,
    ),
    ("cifar/cifar.resnet", "cifar_resnet56b", "", "resnet56_cifar10", 32),
    ("densenet/cifar.resnet", "cifar_densenet100_bc", "", "densenet100_k12_bc_cifar10", 32),
]


def _compare(file: str, network: str, model: Any, pixels: int, change: str = "") -> None:
    text = f'import "{resources.specs_folder()}/{file}" network same from {network} {{ {change} }}'
    ours = Ours(pipeline.load_text(text).compile("same", input_size=(pixels, pixels, 3)))
    batch = images(2, pixels)
    model.eval()
    torch_models.randomise(model)
    ours.assign(torch_models.arrays(model, batch))
    assert relative_difference(ours(batch), torch_models.run(model, batch)) < 1e-5


@pytest.mark.parametrize(("file", "network", "options"), TIMM, ids=[case[1] for case in TIMM])
def test_timm(file: str, network: str, options: dict[str, Any]) -> None:
    torch_models.stub_torchvision()
    timm = pytest.importorskip("timm")
    rest = dict(options)
    name, pixels = rest.pop("name", network), rest.pop("pixels", 64)
    _compare(file, network, timm.create_model(name, **rest), pixels)


@pytest.mark.parametrize(
    ("file", "network", "change", "theirs", "pixels"), PYTORCHCV, ids=[case[1] for case in PYTORCHCV]
)
def test_pytorchcv(file: str, network: str, change: str, theirs: str, pixels: int) -> None:
    provider = pytest.importorskip("pytorchcv.model_provider")
    _compare(file, network, provider.get_model(theirs), pixels, change)
