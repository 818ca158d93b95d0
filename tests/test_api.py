"""The Python interface: what notebooks use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import resnet_dsl
from tests.cli.calling import NET, TWO, WARNED, WRONG


def test_the_names_are_those_that_are_promised() -> None:
    assert set(resnet_dsl.__all__) <= set(dir(resnet_dsl))
    assert all(getattr(resnet_dsl, name) is not None for name in resnet_dsl.__all__)
    assert all(getattr(resnet_dsl, name).__doc__ for name in resnet_dsl.__all__)
    assert len(resnet_dsl.__all__) <= 20
    with pytest.raises(AttributeError):
        resnet_dsl.nothing  # noqa: B018


def test_load_a_text_a_path_and_a_shipped_name(tmp_path: Path) -> None:
    path = tmp_path / "net.resnet"
    path.write_text(NET, encoding="utf-8")
    graphs = [resnet_dsl.load(spec).networks["small"].graph for spec in (NET, path, str(path))]
    assert graphs[0] == graphs[1] == graphs[2]
    assert resnet_dsl.load("resnet50").networks["resnet50"].params == 25_557_032


def test_networks_are_a_mapping() -> None:
    networks = resnet_dsl.load(TWO).networks
    assert list(networks) == ["small", "plain"]
    assert len(networks) == 2
    assert networks["plain"] is networks["plain"]
    assert "resnet50" not in networks
    with pytest.raises(KeyError):
        networks["resnet50"]


def test_a_networks_facts() -> None:
    network = resnet_dsl.load("resnet50").networks["resnet50"]
    assert (network.name, network.input_shape, network.output_shape) == ("resnet50", (224, 224, 3), (1000,))
    assert (network.total_params, network.macs, network.depth) == (25_610_152, 4_089_184_256, 50)
    assert network.warnings == () or all(one.severity == "warning" for one in network.warnings)
    assert "25,557,032" in repr(network)


def test_other_parameters_and_inputs() -> None:
    network = resnet_dsl.load(NET).network(classes=3, width=4, input_size=(None, None, 1))
    assert network.output_shape == (3,)
    assert network.macs is None
    assert network.summary().data()["input_shape"] == [None, None, 1]


def test_summary_as_text_html_and_data() -> None:
    summary = resnet_dsl.load(NET).network().summary(by="block")
    assert str(summary).startswith("small: 32x32x3 -> 10")
    assert "a_block2" in repr(summary)
    assert "<caption>small: 32x32x3 -&gt; 10</caption>" in summary._repr_html_()
    assert json.loads(json.dumps(summary.data()))["blocks"]


def test_the_graph_as_json() -> None:
    network = resnet_dsl.load(NET).network()
    assert resnet_dsl.Graph.model_validate_json(network.to_json()) == network.graph


def test_a_network_shows_itself_in_a_notebook() -> None:
    assert resnet_dsl.load(NET).network()._repr_svg_().lstrip().startswith(("<?xml", "<svg"))


def test_mistakes_of_form_refuse_the_load() -> None:
    with pytest.raises(resnet_dsl.Refusal) as refusal:
        resnet_dsl.load("network n { input 8x8x3 stage s { conv(4, 3 } }")
    assert [one.code for one in refusal.value.diagnostics] == ["E0103"]


def test_other_mistakes_refuse_the_network_and_are_found_by_check() -> None:
    spec = resnet_dsl.load(WRONG)
    assert [one.code for one in spec.check()] == ["E0201", "E0207"]
    with pytest.raises(resnet_dsl.Refusal) as refusal:
        spec.network()
    assert "conf" in str(refusal.value)
    assert isinstance(refusal.value.diagnostics[0], resnet_dsl.Diagnostic)


def test_a_missing_file_and_several_networks_are_refusals() -> None:
    with pytest.raises(resnet_dsl.Refusal):
        resnet_dsl.load("missing.resnet")
    with pytest.raises(resnet_dsl.Refusal):
        resnet_dsl.load(TWO).network()
    with pytest.raises(resnet_dsl.Refusal):
        resnet_dsl.load(NET).network(clases=3)


def test_warnings_come_with_the_network() -> None:
    assert [one.code for one in resnet_dsl.load(WARNED).network().warnings] == ["W0302"]
