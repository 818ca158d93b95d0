"""The registry: every operation keeps what the others may count on."""

from __future__ import annotations

import pytest

from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from resnet_dsl.ir.parameters import is_number
from tests.elaborate.compiling import refused_stage, staged

ALL = [pytest.param(operation, id=name) for name, operation in OPERATIONS.items()]

BODIES = {
    "conv": "conv(6, 3, stride = 2, groups = 2)",
    "conv_transpose": "conv_transpose(6, 2)",
    "dense": "avgpool(global) dense(5)",
    "maxpool": "maxpool(3, stride = 2)",
    "avgpool": "avgpool(2)",
    "groupnorm": "groupnorm(2)",
    "evonorm": "evonorm(2)",
    "attention": "conv(12, 1) attention(2, 2, relative)",
    "channels": "channels(1, 2)",
    "pad_channels": "pad_channels(9, both)",
    "subsample": "subsample(2x1)",
    "reshape": "reshape(4x16x4)",
    "dropout": "dropout(0.5)",
    "drop_path": "drop_path(0.5)",
    "dropblock": "dropblock(0.5)",
    "identity": 'identity as "id"',
    "add": "a = relu add(a, in)",
    "mul": "a = relu mul(a, in)",
    "concat": "a = relu concat(a, in)",
}


@pytest.mark.parametrize("operation", ALL)
def test_documentation_and_defaults_fit(operation: Operation) -> None:
    assert operation.doc.endswith(".")
    assert len({one.name for one in operation.parameters}) == len(operation.parameters)
    for parameter in operation.parameters:
        assert parameter.doc
        assert parameter.required or parameter.default is None or parameter.kind.fits(parameter.default)
        assert not parameter.kind.fits(object())


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "input"])
def test_settled_arguments_stay_as_they_are_and_fit_their_parameters(name: str) -> None:
    """What is settled once, settles to itself: a graph that was read from a file means what it meant."""
    network = staged(BODIES.get(name, name))
    index, node = next((i, one) for i, one in enumerate(network.graph.nodes) if one.op == name)
    operation = OPERATIONS[name]
    inputs = tuple(network.shapes[one] for one in node.inputs)
    assert set(node.args) == {one.name for one in operation.parameters}
    assert dict(operation.settle(node.args, inputs)) == dict(node.args)
    assert operation.infer(node.args, inputs) == network.shapes[index]
    assert operation.label is not None
    assert operation.label(node.args)


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if not one.many and name != "input"])
def test_a_required_argument_is_required_and_an_unknown_one_refused(name: str) -> None:
    required = [one for one in OPERATIONS[name].parameters if one.required]
    codes = refused_stage(f"{name}(colour = 1)")
    assert "E0202" in codes or codes == ["E0203"]
    assert not required or "E0204" in codes


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("conv(0, 3)", "E0207"),
        ("conv(-4, 3)", "E0207"),
        ("conv(4, 0)", "E0207"),
        ("conv(4, 3, stride = 0)", "E0207"),
        ("conv(4, 3, groups = 3)", "E0304"),
        ("conv(6, 3, groups = 4)", "E0304"),
        ("conv(4, 3, pad = 0 - 1)", "E0207"),
        ("conv(true, 3)", "E0206"),
        ("conv(4, 3, bias = 1)", "E0206"),
        ("conv(4, 3, 1, 1, 1, true, half, he_normal, none, 1e-6, 1.0, 5)", "E0203"),
        ("dropout(1)", "E0207"),
        ("dropout(0 - 0.1)", "E0207"),
        ("groupnorm(3)", "E0304"),
        ("dense(5)", "E0301"),
        ("avgpool(global) conv(4, 3)", "E0301"),
        ("avgpool(global) maxpool(2)", "E0301"),
        ("batchnorm(epsilon = 0)", "E0207"),
        ("blurpool(8)", "E0207"),
        ("blurpool(1)", "E0207"),
        ("blurpool(3x5)", "E0206"),
    ],
)
def test_arguments_out_of_their_range(body: str, code: str) -> None:
    assert refused_stage(body) == [code]


def test_words_are_no_numbers() -> None:
    assert {"half", "same", "valid", "global", "he_normal"} <= WORDS
    assert not any(is_number(word) for word in WORDS)
