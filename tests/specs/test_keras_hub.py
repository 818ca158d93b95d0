"""The ResNet backbones of keras-hub: the same weights give the same last map."""

from __future__ import annotations

import re
from typing import Any

import pytest

from resnet_dsl import pipeline, resources
from tests.specs.transfer import Ours, images, of_keras, randomise_keras, relative_difference

pytestmark = pytest.mark.slow
keras = pytest.importorskip("keras")

PIXELS = 64
DEEP_STEM = {"input_conv_filters": [32, 32, 64], "input_conv_kernel_sizes": [3, 3, 3]}
CASES = [
    ("resnet/imagenet.resnet", "resnet18", [2, 2, 2, 2], "basic_block", {}),
    ("resnet/imagenet.resnet", "resnet50", [3, 4, 6, 3], "bottleneck_block", {}),
    ("preact/imagenet.resnet", "resnetv2_50", [3, 4, 6, 3], "bottleneck_block", {"use_pre_activation": True}),
    ("keras_hub/vd.resnet", "keras_hub_resnet_vd18", [2, 2, 2, 2], "basic_block_vd", DEEP_STEM),
    ("keras_hub/vd.resnet", "keras_hub_resnet_vd50", [3, 4, 6, 3], "bottleneck_block_vd", DEEP_STEM),
]


def _place(layer: Any) -> tuple[int, int, int]:
    """Stack, block, and the layer's place in the block: the projection (0) last, the first normalisation first."""
    found = re.match(r"stack(\d+)_block(\d+)_(\w+?)_", layer.name)
    if found is None:
        return (-1, 0, 0) if layer.name.startswith("conv") else (99, 0, 0)
    inner = {"pre": 0, "0": 9}.get(found[3], 0)
    return int(found[1]), int(found[2]), inner if found[3] in {"pre", "0"} else int(found[3])


@pytest.mark.parametrize(("file", "network", "blocks", "kind", "options"), CASES, ids=lambda value: str(value)[:24])
def test_the_same_weights_give_the_same_map(
    file: str, network: str, blocks: list[int], kind: str, options: dict[str, Any]
) -> None:
    hub = pytest.importorskip("keras_hub")
    # A pre-activation backbone ends in normalisation and activation.
    head = "head { norm -> act }" if options.get("use_pre_activation") else "head {}"
    text = f'import "{resources.specs_folder()}/{file}" network bare from {network} {{ {head} }}'
    ours = Ours(pipeline.load_text(text).compile("bare", input_size=(PIXELS, PIXELS, 3)))
    model = hub.models.ResNetBackbone(
        **{
            "input_conv_filters": [64],
            "input_conv_kernel_sizes": [7],
            "stackwise_num_filters": [64, 128, 256, 512],
            "stackwise_num_blocks": blocks,
            "stackwise_num_strides": [1, 2, 2, 2],
            "block_type": kind,
            "image_shape": (PIXELS, PIXELS, 3),
            **options,
        }
    )
    randomise_keras(model)
    ours.assign(of_keras(sorted(model.layers, key=_place)))

    batch = images(2, PIXELS)
    assert relative_difference(ours(batch), keras.ops.convert_to_numpy(model(batch))) < 1e-5
