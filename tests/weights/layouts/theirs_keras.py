"""The networks that ship here, as keras.applications and keras-hub build them.

``python -m tests.weights.layouts.theirs_keras`` writes the names of their layers, and the shapes of the arrays in them,
to tests/fixtures/layouts/keras_names.txt.gz. It needs Keras and keras-hub, and is soonest done under
``KERAS_BACKEND=numpy``.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.weights.layouts.theirs import SMALL

NAMES = SMALL / "keras_names.txt.gz"

PIXELS = 64


def _application(name: str, **options: Any) -> Callable[[], Any]:
    def build() -> Any:
        import keras

        size = (PIXELS, PIXELS, 3)
        return getattr(keras.applications, name)(weights=None, input_shape=size, classifier_activation=None, **options)

    return build


def _hub_resnet(kind: str, blocks: list[int], **options: Any) -> Callable[[], Any]:
    def build() -> Any:
        from keras_hub import models as hub

        backbone = hub.ResNetBackbone(
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
        return hub.ResNetImageClassifier(backbone=backbone, num_classes=1000)

    return build


DEEP_STEM = {"input_conv_filters": [32, 32, 64], "input_conv_kernel_sizes": [3, 3, 3]}


class Published(NamedTuple):
    """A network: whose layout, what it is called here, and how it is built there, with its logits as outputs."""

    library: str
    ours: str
    build: Callable[[], Any]

    @property
    def title(self) -> str:
        return f"{self.library} {self.ours}"


PUBLISHED = tuple(
    map(
        Published._make,
        [
            ("keras-applications", "keras_resnet50", _application("ResNet50")),
            ("keras-applications", "keras_resnet50v2", _application("ResNet50V2")),
            ("keras-applications", "keras_densenet121", _application("DenseNet121")),
            ("keras-applications", "convnext_tiny", _application("ConvNeXtTiny", include_preprocessing=False)),
            ("keras-hub", "resnet18", _hub_resnet("basic_block", [2, 2, 2, 2])),
            ("keras-hub", "resnet50", _hub_resnet("bottleneck_block", [3, 4, 6, 3])),
            ("keras-hub", "resnetv2_50", _hub_resnet("bottleneck_block", [3, 4, 6, 3], use_pre_activation=True)),
            ("keras-hub", "keras_hub_resnet_vd18", _hub_resnet("basic_block_vd", [2, 2, 2, 2], **DEEP_STEM)),
            ("keras-hub", "keras_hub_resnet_vd50", _hub_resnet("bottleneck_block_vd", [3, 4, 6, 3], **DEEP_STEM)),
        ],
    )
)


def published_names() -> dict[str, dict[str, list[tuple[int, ...]]]]:
    """By the networks' titles: the shapes of each layer's arrays, in order."""
    found: dict[str, dict[str, list[tuple[int, ...]]]] = {}
    for line in gzip.decompress(NAMES.read_bytes()).decode().splitlines():
        name, *shapes = line.split("\t")
        if name.startswith("# "):
            found[name[2:]] = layers = {}
        else:
            layers[name] = [tuple(map(int, shape.split())) for shape in shapes]
    return found


def _lines() -> Iterator[str]:
    for network in PUBLISHED:
        yield f"# {network.title}"
        for layer in _leaves(network.build()):
            yield "\t".join((layer.name, *(" ".join(map(str, one.shape)) for one in layer.weights)))


def _leaves(model: Any) -> Iterator[Any]:
    """The layers with weights, those of models in models as well."""
    for layer in model.layers:
        if getattr(layer, "layers", None):
            yield from _leaves(layer)
        elif layer.weights:
            yield layer


if __name__ == "__main__":
    NAMES.write_bytes(gzip.compress("".join(f"{line}\n" for line in _lines()).encode(), 9, mtime=0))
