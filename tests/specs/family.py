"""The reference table, and the network that ships for each of its rows."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from resnet_dsl import pipeline, resources
from resnet_dsl.ir.sizes import is_open, written_size
from resnet_dsl.pipeline import Compiled, LoadedSpec
from resnet_dsl.shipped import find, shipped_files

TABLE = Path(__file__).parent.parent / "reference" / "family.csv"


class Row(NamedTuple):
    """One network of the table. ``spec`` is the file below specs/; ``source`` says whose code gave the numbers."""

    variant: str
    spec: str
    network: str
    params: int
    total_params: int
    macs: int
    pixels: int
    source: str


def _read() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["variant"],
                row["spec"],
                row["network"],
                int(row["trainable_params"]),
                int(row["keras_total_params"]),
                int(row["macs"]),
                int(row["input_px"]),
                row["measured_by"],
            )
            for row in csv.DictReader(file)
        ]


ROWS = _read()


@cache
def spec(path: str) -> LoadedSpec:
    """A file of specs/."""
    return pipeline.load(str(Path(resources.specs_folder(), path)))


WIDER = ("detection", "multimodal", "segmentation", "sequence", "siamese", "superresolution")
"""Families of networks that do something else than to classify an image: see test_outside.py."""

SEVERAL_ENDS = frozenset(
    {
        *("deeplabv3_resnet50_aux", "fcn_resnet50_aux", "resnet50_fpn", "resnet50_metadata"),
        *("retinanet_resnet50_fpn", "siamese_omniglot"),
    }
)
"""The networks with more than one input or output."""


TOO_LARGE = "resnetv2_152x4_bit"
"""936 million weights: two models, and what they were made of, would take 20 GB."""

SMALL = 64
"""Pixels of a side for which every network of one image is quick."""


def classifiers() -> list[str]:
    """The names of all networks that ship and classify an image."""
    return [name for file in shipped_files() if file.family not in WIDER for name in file.networks]


def shipped(name: str) -> Compiled:
    """A network that ships, as it is."""
    path = find(name)
    assert path is not None, name
    return pipeline.load(path).compile(name)


def small(name: str) -> Compiled:
    """A network that ships; one of a single larger image at SMALL pixels, any other as it is."""
    network = shipped(name)
    sizes = [written_size(shape) for shape in network.facts.input_shapes.values()]
    large = len(sizes) == 1 and len(sizes[0]) == 3 and isinstance(sizes[0][0], int) and sizes[0][0] > SMALL
    return network.under((SMALL, SMALL, sizes[0][2])) if large else network


@cache
def compiled(row: Row) -> Compiled:
    """The row's network, where its lengths are open at the size of the table."""
    network = spec(row.spec).compile(row.network)
    sizes = {name: written_size(shape) for name, shape in network.facts.input_shapes.items()}
    if not any(is_open(one) for size in sizes.values() for one in size):
        return network
    return network.under({name: tuple(_closed(one, row.pixels) for one in size) for name, size in sizes.items()})


def _closed(length: object, pixels: int) -> Any:
    return pixels if is_open(length) else length


MEMBERS = [
    ("tutorial/first.resnet", "first_smooth", 32),
    ("tutorial/own_block.resnet", "two_view_network", 32),
    ("resnet/imagenet.resnet", "resnet18", 64),
    ("resnet/imagenet.resnet", "plain18", 64),
    ("resnet/caffe.resnet", "caffe_resnet50", 64),
    ("cifar/cifar.resnet", "cifar_resnet20", 32),
    ("keras_applications/v1.resnet", "keras_resnet50", 64),
    ("keras_applications/v2.resnet", "keras_resnet50v2", 64),
    ("keras_hub/vd.resnet", "keras_hub_resnet_vd18", 64),
    ("resnext/resnext.resnet", "resnext50_32x4d", 64),
    ("wide/cifar.resnet", "cifar_wrn16_8", 32),
    ("preact/imagenet.resnet", "resnetv2_18", 64),
    ("tricks/stems.resnet", "resnet10t", 64),
    ("tricks/antialiased.resnet", "resnetblur50", 64),
    ("tricks/rs.resnet", "resnetrs50", 64),
    ("tricks/dilated.resnet", "resnet50_os16", 64),
    ("tricks/regularised.resnet", "resnet50_stochastic_depth", 64),
    ("tricks/regularised.resnet", "resnet50_dropblock", 128),
    ("normalisation/groupnorm.resnet", "resnet50_gn", 64),
    ("normalisation/bit.resnet", "resnetv2_50x1_bit", 64),
    ("normalisation/frn.resnet", "resnetv2_50d_evos", 64),
    ("normalisation/frn.resnet", "resnetv2_50d_frn", 64),
    ("normalisation/fixup.resnet", "fixup_resnet50", 64),
    ("attention/se.resnet", "seresnet18", 64),
    ("attention/eca.resnet", "ecaresnet26t", 64),
    ("attention/cbam.resnet", "cbam_resnet50", 64),
    ("attention/sk.resnet", "skresnet18", 64),
    ("attention/resnest.resnet", "resnest50d", 64),
    ("attention/botnet.resnet", "botnet26t_256", 64),
    ("res2net/res2net.resnet", "res2net50_26w_4s", 64),
    ("regnet/regnet.resnet", "regnety_032", 64),
    ("convnext/convnext.resnet", "convnext_tiny", 64),
    ("nfnet/nfnet.resnet", "dm_nfnet_f0", 64),
    ("densenet/cifar.resnet", "cifar_densenet100_bc", 32),
    ("dla/dla.resnet", "dla34", 64),
    ("hrnet/hrnet.resnet", "hrnet_w18", 64),
]
"""A network of every kind: the file, the network, and pixels for which it is quick."""
