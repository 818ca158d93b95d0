"""Shapes of whole networks, against the tables of papers."""

from __future__ import annotations

import pytest

from resnet_dsl import load, pipeline, resources
from resnet_dsl.analyses.shapes import infer_shapes, shapes_at
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operation import UnfitError
from tests.analyses.classic_networks import ALEXNET, MOBILENET, VGG16
from tests.elaborate.compiling import compiled, shapes_of, staged


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"])
def test_stages_have_the_sizes_of_table_1(name: str) -> None:
    """He et al. 2015, Table 1: 112 behind conv1, then 56, 28, 14, 7, and 1000 classes."""
    network = pipeline.load(f"{resources.specs_folder()}/resnet/imagenet.resnet").compile(name)
    width = 4 if network.facts.depth >= 50 else 1
    assert shapes_of(network)[network.graph.nodes[1].name] == "112x112x64"
    assert [part.output_shape for part in network.facts.stages] == [
        (56, 56, 64),
        (56, 56, 64 * width),
        (28, 28, 128 * width),
        (14, 14, 256 * width),
        (7, 7, 512 * width),
        (1000,),
    ]


def test_alexnet() -> None:
    """torchvision: 55, 27, 13, 6."""
    found = shapes_of(compiled(ALEXNET))
    assert [found[f"features_{name}"] for name in ("conv1", "maxpool1", "conv2", "maxpool2", "conv5", "maxpool3")] == [
        "55x55x64",
        "27x27x64",
        "27x27x192",
        "13x13x192",
        "13x13x256",
        "6x6x256",
    ]
    assert found["head_flatten"] == "9216"


def test_vgg16_and_mobilenet() -> None:
    vgg = compiled(VGG16)
    assert [part.output_shape for part in vgg.facts.parts_by_block if part.block == "convs"] == [
        (112, 112, 64),
        (56, 56, 128),
        (28, 28, 256),
        (14, 14, 512),
        (7, 7, 512),
    ]
    assert compiled(MOBILENET).facts.stages[-2].output_shape == (7, 7, 1024)


def test_shapes_are_inferred_again_from_the_graph_alone() -> None:
    for text in (ALEXNET, VGG16, MOBILENET):
        network = compiled(text)
        assert infer_shapes(network.graph) == network.shapes


@pytest.mark.parametrize("name", ["deeplabv3_resnet50", "unet_resnet34", "retinanet_resnet50_fpn", "tcn_music"])
def test_shapes_of_an_open_network_at_a_size_are_those_compiled_for_it(name: str) -> None:
    spec = load(name)
    size = (96,) if name == "tcn_music" else (96, 64)
    channels = spec.network().input_shape[-1:]
    known = spec.network(input_size=(*size, *channels))
    assert shapes_at(spec.network().graph, [*known.input_shapes.values()]) == infer_shapes(known.graph)


def test_a_size_in_which_no_window_lies_is_unfit() -> None:
    network = compiled("network n { input ?x?x3 stage s { conv(4, 5, pad = valid) -> conv(4, 3, pad = valid) } }")
    assert shapes_at(network.graph, [(7, 8, 3)])[-1] == (1, 2, 4)
    with pytest.raises(UnfitError, match=r"a window of 3, larger than the 2x4x4 map"):
        shapes_at(network.graph, [(6, 8, 3)])


def test_a_graph_from_a_file_that_does_not_fit_is_unfit() -> None:
    data = staged("avgpool(global) dense(5)").graph.model_dump_json().replace('"avgpool"', '"relu"')
    data = data.replace('"kernel":"global","stride":null,"pad":"valid","keepdims":false,"count_border":true', "")
    with pytest.raises(UnfitError):
        infer_shapes(Graph.model_validate_json(data))
