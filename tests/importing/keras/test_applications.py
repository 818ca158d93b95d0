"""Networks that others have built with Keras: those of keras.applications, and the backbones of keras-hub."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from resnet_dsl.importing.keras import flat_of_model
from tests.importing.keras.test_models import computed, stirred

keras = pytest.importorskip("keras")

FAMILIES = {
    "ResNet50": 176,
    "ResNet50V2": 175,
    "DenseNet121": 428,
    "ConvNeXtTiny": 158,
    "MobileNet": 87,
    "MobileNetV2": 153,
    "MobileNetV3Small": 178,
    "EfficientNetB0": 268,
    "EfficientNetV2B0": 306,
    "Xception": 169,
    "VGG16": 39,
    "InceptionV3": 314,
    "InceptionResNetV2": 823,
    "NASNetMobile": 912,
}
"""One of each family, and its operations."""
OTHERS = (
    *("ResNet101", "ResNet152", "ResNet101V2", "ResNet152V2", "DenseNet169", "DenseNet201", "ConvNeXtSmall"),
    *("ConvNeXtBase", "MobileNetV3Large", "EfficientNetB3", "EfficientNetV2S", "VGG19", "NASNetLarge"),
)


def _agrees(model: Any, scale: float = 1.0) -> int:
    """The operations of a model that is read, and computes the same."""
    flat = flat_of_model(model)
    lengths = [64 if one is None else one for one in model.inputs[0].shape[1:]]
    image = np.random.default_rng(0).uniform(0, scale, (1, *lengths)).astype("float32")
    assert flat.run is not None
    for one, other in zip(computed(flat, [image]), flat.run([image]), strict=True):
        assert np.abs(one - other).max() <= 1e-5 * np.abs(other).max()
    return len(flat.graph.nodes)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_a_network_of_each_family_of_keras_applications_computes_the_same(name: str) -> None:
    keras.utils.clear_session()
    assert _agrees(getattr(keras.applications, name)(weights=None), scale=255.0) == FAMILIES[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_the_others_are_read(name: str) -> None:
    keras.utils.clear_session()
    assert len(flat_of_model(getattr(keras.applications, name)(weights=None)).graph.nodes) > 20


def _backbone(hub: Any, kind: str, stem: int = 1, **more: Any) -> Any:
    return hub.models.ResNetBackbone(
        input_conv_filters=[8] * (stem - 1) + [64],
        input_conv_kernel_sizes=[7] if stem == 1 else [3] * stem,
        stackwise_num_filters=[64, 96],
        stackwise_num_blocks=[2, 2],
        stackwise_num_strides=[1, 2],
        block_type=kind,
        **more,
    )


HUB: dict[str, Callable[[Any], Any]] = {
    "basic": lambda hub: _backbone(hub, "basic_block"),
    "bottleneck": lambda hub: _backbone(hub, "bottleneck_block"),
    "pre-activated": lambda hub: _backbone(hub, "bottleneck_block", use_pre_activation=True),
    "vd": lambda hub: _backbone(hub, "bottleneck_block_vd", stem=3),
    "classifier": lambda hub: hub.models.ImageClassifier(
        backbone=_backbone(hub, "basic_block", image_shape=(64, 64, 3)), num_classes=5
    ),
    "densenet": lambda hub: hub.models.DenseNetBackbone(stackwise_num_repeats=[2, 2], image_shape=(64, 64, 3)),
}


@pytest.mark.backends
@pytest.mark.parametrize("name", HUB)
def test_a_model_of_keras_hub_computes_the_same(name: str) -> None:
    hub = pytest.importorskip("keras_hub")
    keras.utils.clear_session()
    assert _agrees(stirred(HUB[name](hub))) > 20
